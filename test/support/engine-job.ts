import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { JobFailure } from '../../agent/common/errors/job-failure.ts';
import type { DockerClient } from '../../agent/docker/docker-client.ts';
import { DockerodeClient } from '../../agent/docker/dockerode-client.ts';
import { DockerExecutor } from '../../agent/executor/docker-executor.ts';
import { JobTimes } from '../../agent/executor/job-times.ts';
import { JobDeadline } from '../../agent/job/job-deadline.ts';
import type { JobSpec } from '../../agent/spec/job-spec.ts';
import { runStages } from '../../agent/stages/run-stages.ts';
import { docker, engineSocket } from './engine.ts';
import { imageAccess } from './image-access.ts';
import { accepted, runnerConfig } from './job-fixture.ts';
import type { JobChanges } from './job-fixture.ts';
import { RecordingTrace } from './recording-trace.ts';
import { noProgress } from './stage-progress.ts';

export function engineClient(): DockerodeClient {
  const socketPath = engineSocket() ?? '/nonexistent';
  return new DockerodeClient({ host: `unix://${socketPath}`, options: { socketPath } });
}

export const randomName = (what: string): string => `dockworker-test-${what}-${randomBytes(6).toString('hex')}`;

/** One job on the real engine through all its stages, under names of its own. Disposing it removes what may be kept. */
export class EngineJob implements AsyncDisposable {
  readonly trace = new RecordingTrace();
  readonly times = new JobTimes();
  readonly deadline: JobDeadline;
  readonly spec: JobSpec;
  readonly warnings: readonly string[];
  readonly #executor: DockerExecutor;

  constructor(
    changes: JobChanges = {},
    token = `glrt-${randomBytes(9).toString('hex')}`,
    client: DockerClient = engineClient(),
  ) {
    const unique = {
      ...changes,
      payload: { id: randomInt(1, 2 ** 40), ...changes.payload },
      runner: { token, ...changes.runner },
    };
    const { spec, warnings } = accepted(unique);
    this.spec = spec;
    this.warnings = warnings;
    this.deadline = new JobDeadline(spec.timeouts.job);
    this.deadline.limitScripts(spec.timeouts);
    const config = runnerConfig(unique).docker;
    this.#executor = new DockerExecutor({
      client,
      config,
      spec,
      access: imageAccess(),
      log: this.trace,
      times: this.times,
    });
  }

  get buildName(): string {
    return `${this.spec.namePrefix}-build`;
  }

  /** Runs the stages and cleans up. Resolves with what the job failed with; undefined is success. */
  async run(): Promise<unknown> {
    const failure = await this.stages();
    assert.deepEqual(await this.cleanUp(), []);
    return failure;
  }

  /** Runs the stages alone: the objects of the job stay. */
  async stages(): Promise<unknown> {
    const { spec, trace, deadline: signals } = this;
    try {
      await runStages({
        spec,
        executor: this.#executor,
        trace,
        signals,
        times: this.times,
        progress: noProgress(),
        admitted: Promise.resolve(),
        agentHost: 'here',
      });
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async cleanUp(): Promise<Error[]> {
    this.deadline[Symbol.dispose]();
    return await this.#executor.cleanup();
  }

  /** Everything on the engine that has the label of this job, but the volumes that are kept on purpose. */
  async leftovers(): Promise<string[]> {
    const filter = ['--filter', `label=com.gitlab.gitlab-runner.job.id=${this.spec.jobId}`];
    const lists = await Promise.all([
      docker('ps', '--all', ...filter, '--format', '{{.Names}}'),
      docker('network', 'ls', ...filter, '--format', '{{.Name}}'),
      docker('volume', 'ls', ...filter, '--format', '{{.Name}}'),
    ]);
    const kept = this.#keptVolumes();
    return lists.flatMap((list) => list.split('\n')).filter((name) => name !== '' && !kept.includes(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cleanUp();
    for (const name of this.#keptVolumes()) await engineClient().removeVolume(name);
  }

  #keptVolumes(): string[] {
    return this.spec.volumes.flatMap((volume) => (volume.kind === 'managed' && volume.reusable ? [volume.name] : []));
  }
}

/** A job with this script, run to its end; nothing of it may be left. */
export async function runScript(script: readonly string[], changes: JobChanges = {}): Promise<FinishedJob> {
  const steps = [{ name: 'script', script }, ...((changes.payload?.['steps'] as object[] | undefined) ?? [])];
  await using job = new EngineJob({ ...changes, payload: { ...changes.payload, steps } });
  const failure = await job.run();
  assert.deepEqual(await job.leftovers(), []);
  return { job, trace: job.trace, failure, reason: reasonOf(failure), exitCode: exitCodeOf(failure) };
}

export interface FinishedJob {
  readonly job: EngineJob;
  readonly trace: RecordingTrace;
  readonly failure: unknown;
  readonly reason: string | undefined;
  readonly exitCode: number | undefined;
}

const exitCodeOf = (failure: unknown): number | undefined =>
  failure instanceof JobFailure ? failure.exitCode : undefined;
export const reasonOf = (failure: unknown): string | undefined => {
  if (failure === undefined) return undefined;
  return failure instanceof JobFailure ? failure.reason : (failure as Error).name;
};
export const afterScript = (...script: string[]): object => ({ name: 'after_script', script });
