import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { type TempDir, tempDir } from '../temp-dir.ts';
import { type LoggedRequest, readAccessLine } from './access-log.ts';
import { type Account, htpasswdLine } from './accounts.ts';
import type { KeyPair } from './certificates.ts';
import type { TokenServer } from './token-server.ts';

export interface RegistryOptions {
  /** Who may log in with user and password. */
  readonly accounts?: readonly Account[];
  /** The server whose tokens it takes. */
  readonly tokens?: TokenServer;
  /** Speaks TLS with this certificate. */
  readonly tls?: KeyPair;
  /** Address that it listens on. The engine trusts 127.0.0.1 without TLS, and any certificate there; no other. */
  readonly address?: string;
}

/** Debian's docker-registry with its files in a folder of its own; disposing it ends it and removes them. */
export class TestRegistry implements AsyncDisposable {
  /** `127.0.0.1:34567`: the first part of its images' names. */
  readonly host: string;
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: TempDir;
  readonly #log: LogReader;

  constructor(host: string, scheme: string, parts: { child: ChildProcess; folder: TempDir; log: LogReader }) {
    this.host = host;
    this.url = `${scheme}://${host}`;
    this.#child = parts.child;
    this.#folder = parts.folder;
    this.#log = parts.log;
  }

  /** Every request that it has answered until now, from its own access log. */
  async requests(): Promise<readonly LoggedRequest[]> {
    const marker = randomBytes(6).toString('hex');
    const appears = this.#log.next(new RegExp(`"GET /v2/\\?marker=${marker} HTTP`));
    // Its log is written in order: once the marker is there, everything before it is. Its certificate is not our matter.
    const child = spawn('curl', [
      '--silent',
      '--insecure',
      '--output',
      '/dev/null',
      `${this.url}/v2/?marker=${marker}`,
    ]);
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`the registry does not answer (curl: ${code})\n${this.#log.text}`);
    await appears;
    return this.#log.requests.filter(({ path }) => !path.startsWith('/v2/?marker='));
  }

  /** Ends the process; its files stay until it is disposed. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** Collects what the registry prints: its access log and what it says about itself. */
class LogReader {
  readonly requests: LoggedRequest[] = [];
  readonly #lines: string[] = [];
  readonly #events = new EventEmitter<{ line: [string] }>();

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#read(line));
    }
  }

  get text(): string {
    return this.#lines.slice(-20).join('\n');
  }

  /** What the first matching line that is still to come captured. */
  async next(pattern: RegExp): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const look = (line: string): void => {
      const match = pattern.exec(line);
      if (match !== null) resolve(match[1] ?? '');
    };
    this.#events.on('line', look);
    try {
      return await promise;
    } finally {
      this.#events.off('line', look);
    }
  }

  #read(line: string): void {
    this.#lines.push(line);
    const request = readAccessLine(line);
    if (request !== undefined) this.requests.push(request);
    this.#events.emit('line', line);
  }
}

/** Starts a registry on a free port and waits until it listens. */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const folder = await tempDir();
  await writeFile(folder.file('config.yml'), stringify(await registryConfig(folder, options)));
  const child = spawn('docker-registry', ['serve', folder.file('config.yml')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = new LogReader(child);
  const ended = once(child, 'exit').then(() => undefined);
  const host = await Promise.race([log.next(/listening on ([^", ]+)/), ended]);
  if (host === undefined) {
    await folder[Symbol.asyncDispose]();
    throw new Error(`docker-registry ended:\n${log.text}`);
  }
  return new TestRegistry(host, options.tls === undefined ? 'http' : 'https', { child, folder, log });
}

async function registryConfig(folder: TempDir, options: RegistryOptions): Promise<object> {
  const { address = '127.0.0.1', tls } = options;
  const secret = randomBytes(16).toString('hex');
  return {
    version: 0.1,
    log: { level: 'info', formatter: 'text' },
    storage: {
      filesystem: { rootdirectory: folder.file('storage') },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: `${address}:0`, secret, ...(tls === undefined ? {} : { tls }) },
    ...(await authSection(folder, options)),
  };
}

async function authSection(folder: TempDir, { accounts, tokens }: RegistryOptions): Promise<object> {
  if (tokens !== undefined) {
    const { realm, service, issuer, certificate } = tokens;
    return { auth: { token: { realm, service, issuer, rootcertbundle: certificate } } };
  }
  if (accounts === undefined) return {};
  const path = folder.file('htpasswd');
  await writeFile(path, (await Promise.all(accounts.map(htpasswdLine))).join(''));
  return { auth: { htpasswd: { realm: 'test registry', path } } };
}
