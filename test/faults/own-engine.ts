import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../../scripts/common/run-command.ts';
import { probeEngine } from '../../scripts/engine/probe-engine.ts';
import { ensureImages } from '../../scripts/images/ensure-images.ts';
import { DOCKER_IMAGE } from '../../scripts/images/image-recipe.ts';

const START_MS = 60_000;

export interface OwnEngineOptions {
  /** The engine that this one runs on. */
  readonly outer: string;
  /** Folder that both engines and the agents see under its own path. */
  readonly folder: string;
  /** Images of the outer engine that jobs need. */
  readonly images: readonly string[];
  /** Containers outlive the daemon. */
  readonly liveRestore: boolean;
}

/** An engine of the campaign's own, in a privileged container, which may be stopped under its jobs. */
export class OwnEngine implements AsyncDisposable {
  readonly socket: string;
  readonly liveRestore: boolean;
  readonly #outer: string;
  readonly #name = `dockworker-faults-engine-${randomBytes(4).toString('hex')}`;

  private constructor({ outer, folder, liveRestore }: OwnEngineOptions) {
    this.#outer = outer;
    this.liveRestore = liveRestore;
    this.socket = join(folder, 'engine', 'docker.sock');
  }

  /** Starts one and gives it the images. Throws `CommandError`, and an Error when it does not answer. */
  static async start(options: OwnEngineOptions): Promise<OwnEngine> {
    const engine = new OwnEngine(options);
    await ensureImages([DOCKER_IMAGE], { socket: options.outer });
    await mkdir(join(options.folder, 'engine'), { recursive: true });
    const daemon = ['dockerd-entrypoint.sh', 'dockerd', `--host=unix://${engine.socket}`];
    if (options.liveRestore) daemon.push('--live-restore');
    const forever = `while :; do ${daemon.join(' ')}; sleep 0.2; done`;
    const place = ['--name', engine.#name, '--volume', `${options.folder}:${options.folder}`];
    await engine.#outside('run', '--detach', '--init', '--privileged', ...place, DOCKER_IMAGE, 'sh', '-c', forever);
    try {
      await engine.#answers();
      await engine.#load(options.images);
      return engine;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Ends its daemon, in order or with SIGKILL; it starts again by itself. Resolves when it answers. */
  async restart(graceful: boolean): Promise<void> {
    const signal = graceful ? 'TERM' : 'KILL';
    const before = await this.#outside('exec', this.#name, 'cat', '/var/run/docker.pid');
    await this.#outside('exec', this.#name, 'sh', '-c', `kill -${signal} ${before.trim()}`);
    for (const end = performance.now() + START_MS; performance.now() < end; await delay(50)) {
      const now = await this.#outside('exec', this.#name, 'cat', '/var/run/docker.pid').catch(() => before);
      if (now !== before) break;
    }
    await this.#answers();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#outside('rm', '--force', '--volumes', this.#name);
  }

  async #answers(): Promise<void> {
    for (const end = performance.now() + START_MS; performance.now() < end; await delay(50)) {
      if (existsSync(this.socket) && (await probeEngine(this.socket).catch(() => undefined)) !== undefined) return;
    }
    throw new Error(`the engine of the campaign does not answer: ${await this.#outside('logs', this.#name)}`);
  }

  async #load(images: readonly string[]): Promise<void> {
    const save = spawn('docker', ['--host', `unix://${this.#outer}`, 'save', ...images], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const load = spawn('docker', ['--host', `unix://${this.socket}`, 'load', '--quiet'], {
      stdio: [save.stdout, 'ignore', 'inherit'],
    });
    const [code] = (await once(load, 'exit')) as [number];
    if (code !== 0) throw new Error(`docker load ended with ${String(code)}`);
  }

  #outside(...args: readonly string[]): Promise<string> {
    return runCommand('docker', ['--host', `unix://${this.#outer}`, ...args]);
  }
}
