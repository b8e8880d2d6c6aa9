import type { JsonObject } from '../http/request-body.ts';
import type { Pipeline, PipelineJob } from '../pipeline/pipeline.ts';
import { pipelineState, type CombinedState, type JobStatuses } from '../pipeline/pipeline-state.ts';
import type { JobRecord } from './job-record.ts';
import type { Commit, Project } from '../projects/projects.ts';

/** One pipeline on its way. Each of its jobs has a current record, and older ones when it was retried. */
export class PipelineRecord {
  readonly id: number;
  readonly pipeline: Pipeline;
  readonly project: Project;
  readonly commit: Commit;
  readonly #attempts = new Map<string, JobRecord[]>();

  constructor(id: number, pipeline: Pipeline, project: Project, commit: Commit) {
    this.id = id;
    this.pipeline = pipeline;
    this.project = project;
    this.commit = commit;
  }

  /** From now on this is the job's current record. */
  setCurrent(job: JobRecord): void {
    this.#attempts.set(job.name, [...this.attempts(job.name), job]);
  }

  attempts(name: string): readonly JobRecord[] {
    return this.#attempts.get(name) ?? [];
  }

  current(name: string): JobRecord | undefined {
    return this.attempts(name).at(-1);
  }

  definition(name: string): PipelineJob | undefined {
    return this.pipeline.jobs.find((job) => job.name === name);
  }

  statuses(): JobStatuses {
    return new Map(
      this.pipeline.jobs.flatMap(({ name }) => {
        const job = this.current(name);
        return job === undefined ? [] : [[name, { state: job.state, exitCode: job.exitCode }] as const];
      }),
    );
  }

  /** `manual` means that nothing goes on before a person starts a job. */
  get state(): CombinedState {
    return pipelineState(this.pipeline, this.statuses());
  }

  get isOver(): boolean {
    return ['success', 'failed', 'canceled', 'skipped'].includes(this.state);
  }

  view(): JsonObject {
    const jobs = this.pipeline.jobs.flatMap(({ name }) => this.attempts(name));
    return {
      id: this.id,
      state: this.state,
      ref: this.commit.ref,
      sha: this.commit.sha,
      project: this.project.path,
      warnings: this.pipeline.warnings,
      jobs: jobs.map(({ id, name, stage, state, failureReason, exitCode, allowFailure, t }) => ({
        id,
        name,
        stage,
        state,
        failure_reason: failureReason ?? null,
        exit_code: exitCode ?? null,
        allow_failure: allowFailure,
        t,
      })),
    };
  }
}
