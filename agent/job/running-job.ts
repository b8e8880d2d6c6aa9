import type { JobPayload } from '#protocol/job.ts';
import { DockerExecutor } from '../executor/docker-executor.ts';
import { JobTimes } from '../executor/job-times.ts';
import type { CredentialFinder, ImageAccess } from '../images/image-access.ts';
import { runStages } from '../stages/run-stages.ts';
import { acceptJob } from './accept/accept-job.ts';
import { jobCredentials } from './job-credentials.ts';
import type { JobDeadline } from './job-deadline.ts';
import type { JobAssignment } from './job-handler.ts';
import type { JobHost } from './job-host.ts';
import type { JobReport } from './job-report.ts';

/** The part of a job that touches the engine. */
export class RunningJob {
  readonly #assignment: JobAssignment;
  readonly #host: JobHost;
  readonly #payload: JobPayload;
  #executor: DockerExecutor | undefined;

  constructor(assignment: JobAssignment, host: JobHost, payload: JobPayload) {
    this.#assignment = assignment;
    this.#host = host;
    this.#payload = payload;
  }

  /** Resolves with what the job failed with; undefined is success. */
  async run(report: JobReport, deadline: JobDeadline, admitted: Promise<unknown>): Promise<unknown> {
    const { runner, slot } = this.#assignment;
    const { systemId, instance, hostName } = this.#host;
    const identity = { payload: this.#payload, runner, slot, systemId, instance };
    const times = new JobTimes();
    try {
      const { spec, warnings, secrets, authConfig } = acceptJob(identity);
      report.trace.addSecrets(secrets);
      for (const warning of warnings) report.trace.warning(warning);
      deadline.limitScripts(spec.timeouts);
      const client = this.#host.engine(runner);
      const auth = { runner, authConfig, credentials: this.#payload.credentials };
      const access = this.#imageAccess(jobCredentials(auth, report.trace, deadline.job));
      this.#executor = new DockerExecutor({ client, config: runner.docker, spec, access, log: report.stages, times });
      const stages = { spec, executor: this.#executor, trace: report.stages, signals: deadline, times };
      await runStages({ ...stages, admitted, agentHost: hostName });
      return undefined;
    } catch (error) {
      return error;
    } finally {
      report.stages.timing(times.lines());
    }
  }

  #imageAccess(credentials: CredentialFinder): ImageAccess {
    const { registry_mirrors: mirrors, verify_image_access: verify } = this.#assignment.runner.docker;
    return { ...this.#host.images, credentials, mirrors, verify };
  }

  async cleanup(): Promise<void> {
    for (const error of (await this.#executor?.cleanup()) ?? [])
      this.#host.logger.warn({ err: error }, 'An object of the job could not be removed');
  }
}
