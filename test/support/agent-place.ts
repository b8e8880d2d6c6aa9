import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { shortToken } from '../../agent/common/short-token.ts';
import { removeRunnerThings } from '../../scripts/local-ci/remove-runner-things.ts';
import { ServerProcess } from '../../scripts/local-ci/server-process.ts';
import { docker, engineSocket } from './engine.ts';
import { startCoordinator, type QueuedJob, type TestCoordinator } from './start-coordinator.ts';
import { tempDir, type TempDir } from './temp-dir.ts';

const BEGIN_MS = 60_000;
const POLL_MS = 50;
const MAIN = join(import.meta.dirname, '..', '..', 'agent', 'main.ts');

/** A coordinator, and a place for agents that take its jobs one after another: config file, state directory, engine. */
export class AgentPlace implements AsyncDisposable {
  readonly coordinator: TestCoordinator;
  readonly dir: TempDir;
  readonly token: string;
  readonly #agents: ServerProcess[] = [];

  private constructor(coordinator: TestCoordinator, dir: TempDir, token: string) {
    this.coordinator = coordinator;
    this.dir = dir;
    this.token = token;
  }

  /** `lines` go to the head of the config file. Jobs have the directory `proof` at /proof. */
  static async open(lines: readonly string[] = []): Promise<AgentPlace> {
    const coordinator = await startCoordinator();
    const dir = await tempDir();
    const { token } = (await coordinator.call('POST', '/mock/runners', { tags: ['place'] })).json as { token: string };
    await mkdir(dir.file('proof'));
    await writeFile(
      dir.file('config.toml'),
      [
        'concurrent = 8\ncheck_interval = 1',
        ...lines,
        `[[runners]]\nname = "place"\nurl = "${coordinator.url}"\ntoken = "${token}"\nexecutor = "docker"`,
        `[runners.docker]\nhost = "unix://${engineSocket() ?? ''}"\npull_policy = "if-not-present"`,
        `volumes = ["${dir.file('proof')}:/proof"]`,
      ].join('\n'),
    );
    return new AgentPlace(coordinator, dir, token);
  }

  get stateDir(): string {
    return this.dir.file('state');
  }

  /** Starts `run`, and waits until it listens to signals. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const agent = this.spawn(['run'], env);
    await agent.waitForLine(/Started/);
    return agent;
  }

  /** A process of the command line with config file and state directory of this place. */
  spawn([command = '', ...args]: readonly string[], env: Readonly<Record<string, string>> = {}): ServerProcess {
    const paths = ['--config', this.dir.file('config.toml'), '--state-dir', this.stateDir];
    const agent = new ServerProcess({ name: 'the agent', args: [MAIN, command, ...paths, ...args], env });
    this.#agents.push(agent);
    return agent;
  }

  async trace(job: QueuedJob): Promise<string> {
    return (await this.coordinator.call('GET', `/mock/jobs/${job.id}/trace`)).text;
  }

  /** Waits until the trace of a job has a line that ends so: on a busy machine jobs take long to begin. */
  async said(job: QueuedJob, line: string): Promise<void> {
    const end = performance.now() + BEGIN_MS;
    const wanted = new RegExp(`${line}(?:\\x1b\\[[\\d;]*m)*\\r?$`, 'm');
    for (let trace = ''; !wanted.test(trace); trace = await this.trace(job)) {
      if (performance.now() > end) throw new Error(`job ${job.id} has not said ${JSON.stringify(line)} but ${trace}`);
      await delay(POLL_MS);
    }
  }

  async state(job: QueuedJob): Promise<string> {
    return ((await this.coordinator.view(job)) as { state: string }).state;
  }

  /** Waits for the end of a job; gives its state. */
  async ended(job: QueuedJob, seconds = 60): Promise<string> {
    const { json } = await this.coordinator.call('GET', `/mock/jobs/${job.id}/wait?s=${seconds}`);
    return (json as { state: string }).state;
  }

  /** Names of what is on the engine for this place's jobs. */
  async objects(): Promise<string[]> {
    const filter = ['--filter', `label=com.gitlab.gitlab-runner.runner.id=${shortToken(this.token)}`];
    const lists = await Promise.all([
      docker('ps', '--all', ...filter, '--format', '{{.Names}}'),
      docker('network', 'ls', ...filter, '--format', '{{.Name}}'),
      docker('volume', 'ls', ...filter, '--format', '{{.Name}}'),
    ]);
    return lists.flatMap((list) => list.split('\n')).filter((name) => name !== '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents) await killed(agent);
    await removeRunnerThings(engineSocket() ?? '', shortToken(this.token));
    await this.coordinator[Symbol.asyncDispose]();
    await this.dir[Symbol.asyncDispose]();
  }
}

/** Ends it as nobody can prevent. */
export async function killed(agent: ServerProcess): Promise<void> {
  try {
    process.kill(agent.pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
  await agent.ended;
}
