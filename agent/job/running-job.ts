import { readFileSync } from 'node:fs';
import type { JobPayload } from '#protocol/job.ts';
import { toError } from '../common/errors/to-error.ts';
import { inspectPatiently } from '../container/follow/inspect-patiently.ts';
import { JobObjects } from '../container/job-objects.ts';
import { DockerExecutor } from '../executor/docker-executor.ts';
import { JobTimes } from '../executor/job-times.ts';
import type { CredentialFinder, ImageAccess } from '../images/image-access.ts';
import type { JobRecord } from '../journal/job-record.ts';
import { runStages } from '../stages/run-stages.ts';
import { acceptJob, type AcceptedJob } from './accept/accept-job.ts';
import { jobCredentials } from './job-credentials.ts';
import type { JobDeadline } from './job-deadline.ts';
import type { JobAssignment } from './job-handler.ts';
import type { JobHost } from './job-host.ts';
import type { JobReport } from './job-report.ts';
import { earlierStages, JobProgress } from './record/job-progress.ts';
import { slotCgroups } from './slot-cgroups.ts';
import { traceLook } from './trace-options.ts';

/** What a running job is watched by. */
export interface JobRun {
  readonly report: JobReport;
  readonly deadline: JobDeadline;
  /** Resolves when the coordinator has said whether it wants the job. */
  readonly admitted: Promise<unknown>;
}

/** The part of a job that touches the engine. */
export class RunningJob {
  readonly #assignment: JobAssignment;
  readonly #host: JobHost;
  readonly #record: JobRecord;
  #executor: DockerExecutor | undefined;

  constructor(assignment: JobAssignment, host: JobHost, record: JobRecord) {
    this.#assignment = assignment;
    this.#host = host;
    this.#record = record;
  }

  /** Resolves with what the job failed with; undefined is success. */
  async run(payload: JobPayload, { report, deadline, admitted }: JobRun): Promise<unknown> {
    const { runner, slot } = this.#assignment;
    const { systemId, instance, hostName } = this.#host;
    const times = new JobTimes();
    try {
      const accepted = acceptJob({ payload, runner, slot, systemId, instance });
      const { spec } = accepted;
      report.trace.addSecrets(accepted.secrets);
      deadline.limitScripts(spec.timeouts);
      const progress = this.#progress(report);
      if (progress.earlier === undefined) {
        await this.#beginAnew(report, `${spec.namePrefix}-build`, deadline.job);
        for (const warning of accepted.warnings) report.trace.warning(warning);
      } else times.resume();
      const executor = this.#makeExecutor(accepted, payload, { report, deadline, admitted }, times);
      const stages = { spec, executor, trace: report.stages, signals: deadline, times, progress };
      await runStages({ ...stages, admitted, agentHost: hostName });
      return undefined;
    } catch (error) {
      return error;
    } finally {
      report.stages.timing(times.lines());
    }
  }

  /** Never rejects. */
  async cleanup(): Promise<void> {
    const errors = await this.#removeObjects().catch((thrown: unknown) => [toError(thrown)]);
    if (errors.length > 0) this.#host.cleanups.noteFailure();
    for (const error of errors) this.#host.logger.warn({ err: error }, 'An object of the job could not be removed');
  }

  #makeExecutor(
    { spec, authConfig }: AcceptedJob,
    { credentials }: JobPayload,
    { report, deadline }: JobRun,
    times: JobTimes,
  ): DockerExecutor {
    const { runner, slot } = this.#assignment;
    const trace = {
      addSecrets: (secrets: Iterable<string>) => report.addSecrets(secrets),
      warning: (text: string) => report.trace.warning(text),
    };
    this.#executor = new DockerExecutor({
      client: this.#host.engine(runner),
      config: slotCgroups(runner, slot),
      spec,
      access: this.#imageAccess(jobCredentials({ runner, authConfig, credentials }, trace, deadline.job)),
      log: report.stages,
      times,
      onObject: (object) => this.#record.journal.append({ type: 'object', ...object }),
    });
    return this.#executor;
  }

  #progress(report: JobReport): JobProgress {
    const { received, runner, earlier } = this.#assignment;
    const { timestamps } = traceLook(received, runner);
    const bytes = earlier === undefined ? Buffer.alloc(0) : readFileSync(this.#record.trace);
    const stages = earlierStages(this.#record.state, { bytes, timestamps });
    const host = { traceSize: () => report.trace.size, onAdopted: () => earlier?.onSettled() };
    return new JobProgress(this.#record, host, stages);
  }

  /** Nothing of the user's has run: what an earlier process has prepared is removed. */
  async #beginAnew(report: JobReport, container: string, signal: AbortSignal): Promise<void> {
    const { earlier, runner } = this.#assignment;
    if (earlier === undefined) return;
    report.stages.closeSection();
    report.trace.line('The agent was restarted before the script of the job began: the job begins anew');
    // Agent and engine may have been restarted together: what answers, and what, does not matter here.
    await inspectPatiently(this.#host.engine(runner), container, signal).catch(() => undefined);
    await this.#removeObjects();
    this.#record.journal.append({ type: 'again' });
    earlier.onSettled();
  }

  #imageAccess(credentials: CredentialFinder): ImageAccess {
    const { registry_mirrors: mirrors, verify_image_access: verify } = this.#assignment.runner.docker;
    return { ...this.#host.images, credentials, mirrors, verify };
  }

  async #removeObjects(): Promise<Error[]> {
    const own = (await this.#executor?.cleanup()) ?? [];
    const { objects } = this.#record.state;
    if (objects.length === 0) return own;
    const { runner } = this.#assignment;
    const earlier = new JobObjects(this.#host.engine(runner), { keepVolumes: runner.docker.volume_keep });
    earlier.adopt(objects);
    return [...own, ...(await earlier.removeAll())];
  }
}
