import type { JsonObject } from '../http/request-body.ts';
import type { JobState } from '../pipeline/pipeline-state.ts';
import type { StoredArtifact } from './artifacts.ts';
import type { JobOptions } from './job-options.ts';
import { Trace } from './trace.ts';

const endedStates: readonly JobState[] = ['success', 'failed', 'canceled', 'skipped'];

/** What a job is made of. `payload` is sent as it is: tests may have it malformed. */
export interface NewJob {
  readonly id: number;
  readonly token: string;
  readonly name: string;
  readonly stage: string;
  readonly projectId: number;
  readonly payload: JsonObject;
  readonly options: JobOptions;
  readonly pipelineId?: number;
}

/** One job as the coordinator sees it. Its state is changed by JobStore only. */
export class JobRecord {
  readonly id: number;
  readonly token: string;
  readonly name: string;
  readonly stage: string;
  readonly projectId: number;
  readonly pipelineId: number | undefined;
  readonly options: JobOptions;
  readonly trace = new Trace();
  readonly artifacts: StoredArtifact[] = [];
  readonly updates: JsonObject[] = [];
  /** Arrival in seconds and size of every accepted patch. */
  readonly patches: [number, number][] = [];
  /** Seconds on the coordinator's monotonic clock: queued, handed, first_trace, final and the marks. */
  readonly t: Record<string, number> = {};
  payload: JsonObject;
  state: JobState = 'created';
  runnerId: number | undefined;
  /** The runner manager said that it can be cancelled gracefully. */
  cancelsGracefully = false;
  failureReason: string | undefined;
  exitCode: number | undefined;
  checksumOk: boolean | undefined;
  allowFailure = false;
  /** Final updates answered 202 so far. */
  waitsForTrace = 0;

  constructor(job: NewJob) {
    this.id = job.id;
    this.token = job.token;
    this.name = job.name;
    this.stage = job.stage;
    this.projectId = job.projectId;
    this.pipelineId = job.pipelineId;
    this.payload = job.payload;
    this.options = job.options;
    this.allowFailure = job.options.allow_failure === true;
  }

  /** The job token is good for something. */
  get isExecuting(): boolean {
    return this.state === 'running' || this.state === 'canceling';
  }

  get hasEnded(): boolean {
    return endedStates.includes(this.state);
  }

  /** What Job-Status says. */
  get status(): string {
    return this.options.status ?? this.state;
  }

  /** The job as the admin API shows it: without tokens. */
  view(): JsonObject {
    return {
      id: this.id,
      name: this.name,
      stage: this.stage,
      state: this.state,
      pipeline_id: this.pipelineId ?? null,
      runner_id: this.runnerId ?? null,
      failure_reason: this.failureReason ?? null,
      exit_code: this.exitCode ?? null,
      allow_failure: this.allowFailure,
      trace_bytes: this.trace.size,
      checksum_ok: this.checksumOk ?? null,
      artifacts: this.artifacts.map(({ path: _path, ...shown }) => shown),
      updates: this.updates,
      patches: this.patches,
      t: this.t,
    };
  }
}
