import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { shortToken } from '../../../agent/common/short-token.ts';
import type { CoordinatorClient, JobView } from '../../../scripts/local-ci/coordinator-client.ts';
import { startLocalCoordinator } from '../../../scripts/local-ci/local-coordinator.ts';
import { makeGitProject } from '../../../scripts/local-ci/make-git-project.ts';
import { plainTrace } from '../../../scripts/local-ci/readable-trace.ts';
import { removeRunnerThings } from '../../../scripts/local-ci/remove-runner-things.ts';
import { engineSocket } from '../engine.ts';
import { type TempDir, tempDir } from '../temp-dir.ts';

const MAIN = join(import.meta.dirname, '..', '..', '..', 'agent', 'main.ts');
const PROJECT = join(import.meta.dirname, '..', '..', 'e2e', 'project');
const WAIT_SECONDS = 80;

export interface PlaceOptions {
  /** DOCKER_AUTH_CONFIG of the runner's `environment`. */
  readonly runnerAuth?: string;
  /** Lines of the `[[runners]]` entry. */
  readonly runnerLines?: readonly string[];
  /** config.json in the home of the agent's user. */
  readonly homeConfig?: string;
  /** Added to the agent's environment; PATH is put before the usual one. */
  readonly env?: Readonly<Record<string, string>>;
  /** The agent's home. */
  readonly home?: string;
}

/** How one job ended, and its log without colours and time stamps. */
export interface EndedJob {
  readonly job: JobView;
  readonly trace: string;
}

/** Coordinator and agent for jobs whose images come from real registries. */
export class RegistryPlace implements AsyncDisposable {
  readonly client: CoordinatorClient;
  /** Label of everything that its jobs have on the engine. */
  readonly runner: string;
  readonly #undo: AsyncDisposableStack;
  readonly #agentLines: string[];

  constructor(client: CoordinatorClient, runner: string, agentLines: string[], undo: AsyncDisposableStack) {
    this.client = client;
    this.runner = runner;
    this.#agentLines = agentLines;
    this.#undo = undo;
  }

  /** Everything that the agent has printed. */
  get agentLog(): string {
    return this.#agentLines.join('\n');
  }

  /** Queues a job of one line in that image; without sources unless the changes say otherwise. Gives its id. */
  async queue(image: string, changes: JobOptions = {}): Promise<number> {
    const { pullPolicy, variables = [], script = 'echo the script ran', sources = false, ...rest } = changes;
    const policy = pullPolicy === undefined ? {} : { pull_policy: pullPolicy };
    const strategy = sources ? [] : [{ key: 'GIT_STRATEGY', value: 'none', public: true }];
    return await this.client.queueJob({
      image: { name: image, ...policy },
      steps: [{ name: 'script', script: [script], timeout: 3600, when: 'on_success', allow_failure: false }],
      _variables: [...strategy, ...variables],
      ...rest,
    });
  }

  /** The job once it has ended. */
  async ended(id: number): Promise<EndedJob> {
    const job = await this.client.waitForJob(id, WAIT_SECONDS);
    return { job, trace: plainTrace(await this.client.trace(id)) };
  }

  async run(image: string, changes: JobOptions = {}): Promise<EndedJob> {
    return await this.ended(await this.queue(image, changes));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo.disposeAsync();
  }
}

export interface JobOptions {
  readonly pullPolicy?: readonly string[];
  readonly variables?: readonly object[];
  readonly script?: string;
  readonly sources?: boolean;
  readonly credentials?: readonly object[];
  readonly image?: object;
}

/** A variable of the job with its credentials. */
export function authVariable(value: string, file = false): object {
  return { key: 'DOCKER_AUTH_CONFIG', value, public: false, masked: true, file };
}

/** Starts both; every agent has a home, a PATH and a config file of its own. */
export async function openRegistryPlace(options: PlaceOptions = {}): Promise<RegistryPlace> {
  const undo = new AsyncDisposableStack();
  try {
    const folder = undo.use(await tempDir());
    await makeGitProject(PROJECT, folder.file('project'), 'sha1');
    const coordinator = await startLocalCoordinator({
      dataDir: folder.file('coordinator'),
      project: folder.file('project'),
    });
    undo.use(coordinator.process);
    const runner = shortToken(coordinator.runnerToken);
    const socket = engineSocket() ?? '';
    undo.defer(async () => void (await removeRunnerThings(socket, runner)));
    const { client, runnerToken } = coordinator;
    await writeFile(folder.file('config.toml'), configText(client.url, runnerToken, options), { mode: 0o600 });
    const lines = await startAgent(folder, undo, options);
    return new RegistryPlace(client, runner, lines, undo);
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}

function configText(url: string, token: string, { runnerAuth, runnerLines = [] }: PlaceOptions): string {
  const environment = runnerAuth === undefined ? [] : [`DOCKER_AUTH_CONFIG=${runnerAuth}`];
  return [
    'concurrent = 24\ncheck_interval = 1\nlog_level = "debug"\n\n[[runners]]',
    `name = "registries"\nurl = "${url}"\ntoken = "${token}"\nexecutor = "docker"\nrequest_concurrency = 24`,
    `environment = ${JSON.stringify(environment)}`,
    ...runnerLines,
    `[runners.docker]\nhost = "unix://${engineSocket() ?? ''}"\nimage = "busybox:latest"`,
    'helper_image = "gitbase:latest"\npull_policy = ["if-not-present"]',
    'allowed_pull_policies = ["always", "if-not-present", "never"]\n',
  ].join('\n');
}

async function startAgent(folder: TempDir, undo: AsyncDisposableStack, options: PlaceOptions): Promise<string[]> {
  const home = options.home ?? folder.file('home');
  await mkdir(join(home, '.docker'), { recursive: true });
  if (options.homeConfig !== undefined)
    await writeFile(join(home, '.docker', 'config.json'), options.homeConfig, { mode: 0o600 });
  const { PATH: first, ...rest } = options.env ?? {};
  const path = [...(first === undefined ? [] : [first]), process.env['PATH'] ?? ''].join(':');
  const args = [MAIN, 'run', '--config', folder.file('config.toml'), '--state-dir', folder.file('state')];
  const env = { ...rest, PATH: path, HOME: home };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  undo.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  const lines: string[] = [];
  const { promise: started, resolve } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (line.includes('Started')) resolve();
    });
  }
  const ended = once(child, 'exit').then(() => 'ended');
  if ((await Promise.race([started, ended])) === 'ended') throw new Error(`the agent ended:\n${lines.join('\n')}`);
  return lines;
}
