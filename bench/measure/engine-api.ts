import { get, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const RUNNER_LABEL = 'com.gitlab.gitlab-runner.runner.id';
const TYPE_LABEL = 'com.gitlab.gitlab-runner.type';
const REUSABLE_LABEL = 'com.gitlab.gitlab-runner.reusable';

const containers = z.array(z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()) }));
const networks = z.array(z.unknown());
const volumes = z.object({ Volumes: z.array(z.object({ Labels: z.record(z.string(), z.string()) })).nullable() });
const waited = z.object({ StatusCode: z.number() });

/** The few questions that the bench has for the engine itself, about the things of one runner. */
export class EngineApi {
  readonly #socket: string;
  readonly #filters: string;

  constructor(socket: string, shortToken: string) {
    this.#socket = socket;
    this.#filters = encodeURIComponent(JSON.stringify({ label: [`${RUNNER_LABEL}=${shortToken}`] }));
  }

  /** Id of the build container that exists. */
  async buildContainer(): Promise<string> {
    const all = containers.parse(await this.#get(`/containers/json?all=1&filters=${this.#filters}`));
    const id = all.find(({ Labels }) => Labels[TYPE_LABEL] === 'build')?.Id;
    if (id === undefined) throw new Error('no build container exists');
    return id;
  }

  /** Resolves when the container does not run any more. */
  async waitForEnd(id: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const options = { socketPath: this.#socket, path: `/containers/${id}/wait`, method: 'POST', agent: false };
    request({ ...options, headers: { host: 'docker' } }, resolve)
      .on('error', reject)
      .end();
    waited.parse(await json(await promise));
  }

  /** How many containers, networks and volumes of the runner there are, caches that are kept for the next job aside. */
  async countThings(): Promise<number> {
    const all = containers.parse(await this.#get(`/containers/json?all=1&filters=${this.#filters}`));
    const nets = networks.parse(await this.#get(`/networks?filters=${this.#filters}`));
    const vols = volumes.parse(await this.#get(`/volumes?filters=${this.#filters}`)).Volumes ?? [];
    return all.length + nets.length + vols.filter(({ Labels }) => Labels[REUSABLE_LABEL] !== 'true').length;
  }

  /** Resolves when clean-up is over. Throws after `seconds`. */
  async waitUntilClean(seconds = 30): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while ((await this.countThings()) > 0) {
      if (performance.now() > end) throw new Error(`jobs have left things behind for ${String(seconds)} s`);
      await delay(50);
    }
  }

  async #get(path: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    get({ socketPath: this.#socket, path, headers: { host: 'docker' }, agent: false }, resolve).on('error', reject);
    return json(await promise);
  }
}
