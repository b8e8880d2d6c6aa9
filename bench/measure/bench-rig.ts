import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { shortToken } from '../../agent/common/short-token.ts';
import type { CoordinatorClient, JobView } from '../../scripts/local-ci/coordinator-client.ts';
import { startLocalAgent } from '../../scripts/local-ci/local-agent.ts';
import type { LocalCoordinator } from '../../scripts/local-ci/local-coordinator.ts';
import type { ServerProcess } from '../../scripts/local-ci/server-process.ts';
import { EngineApi } from './engine-api.ts';

const execute = promisify(execFile);
const PATIENCE_SECONDS = 60;
export const CONCURRENT = 4;

/** Coordinator, engine and folder of a bench run; agents are started as they are needed. */
export class BenchRig {
  readonly client: CoordinatorClient;
  readonly engine: EngineApi;
  readonly folder: string;
  readonly socket: string;
  /** Every step of the bench ends with its reason when it aborts. */
  readonly signal: AbortSignal;
  readonly #runnerToken: string;
  #agents = 0;
  #agentFolder = '';

  constructor(coordinator: LocalCoordinator, place: Pick<BenchRig, 'folder' | 'socket' | 'signal'>) {
    this.client = coordinator.client;
    this.#runnerToken = coordinator.runnerToken;
    this.folder = place.folder;
    this.socket = place.socket;
    this.signal = place.signal;
    this.engine = new EngineApi(place.socket, shortToken(coordinator.runnerToken));
  }

  /** Of the agent that was started last. */
  get agentFolder(): string {
    return this.#agentFolder;
  }

  /** A fresh agent; `socket` is where it finds its engine. */
  async startAgent(socket = this.socket): Promise<ServerProcess> {
    const folder = join(this.folder, `agent-${String((this.#agents += 1))}`);
    await mkdir(folder);
    this.#agentFolder = folder;
    return startLocalAgent({
      folder,
      coordinatorUrl: this.client.url,
      runnerToken: this.#runnerToken,
      socket,
      helperImage: 'gitbase:latest',
      concurrent: CONCURRENT,
    });
  }

  /** Runs one job to its end. Throws when it does not succeed. */
  async runJob(payload: object): Promise<JobView> {
    this.signal.throwIfAborted();
    return this.finishJob(await this.client.queueJob(payload));
  }

  async finishJob(id: number): Promise<JobView> {
    const job = await this.client.waitForJob(id, PATIENCE_SECONDS);
    if (job.state === 'success') return job;
    const trace = (await this.client.trace(id)).toString('utf8').slice(-2000);
    throw new Error(`a job ended as ${job.state} (${String(job.failure_reason)}):\n${trace}`);
  }

  /** Seconds that `docker run --rm` takes for the image of the jobs. */
  async dockerRun(): Promise<number> {
    this.signal.throwIfAborted();
    const begin = performance.now();
    await execute('docker', ['--host', `unix://${this.socket}`, 'run', '--rm', 'busybox:latest', 'true']);
    return (performance.now() - begin) / 1000;
  }
}

/** Resident memory of a process in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Seconds between two stamps of a job. */
export function secondsBetween({ t }: Pick<JobView, 't'>, from: string, to: string): number {
  const [begin, end] = [t[from], t[to]];
  if (begin === undefined || end === undefined) throw new Error(`the job has no stamps ${from} and ${to}`);
  return end - begin;
}
