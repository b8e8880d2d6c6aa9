import { nextJobs } from '../pipeline/next-jobs.ts';
import type { Pipeline, PipelineJob } from '../pipeline/pipeline.ts';
import { shouldRetry } from '../pipeline/should-retry.ts';
import { pipelineJobPayload } from '../payload/pipeline-job.ts';
import { optionalJobOptionsSchema } from './job-options.ts';
import type { JobRecord } from './job-record.ts';
import type { JobStore } from './jobs.ts';
import { PipelineRecord } from './pipeline-record.ts';
import type { Commit, Project } from '../projects/projects.ts';

/**
 * All pipelines, driven by the changes of their jobs.
 * Invariant: a job leaves `created` once only; every change of a job is followed by a look at what may start now.
 */
export class PipelineStore {
  readonly #jobs: JobStore;
  readonly #serverUrl: string;
  readonly #pipelines = new Map<number, PipelineRecord>();
  #lastId = 0;

  constructor(jobs: JobStore, serverUrl: string) {
    this.#jobs = jobs;
    this.#serverUrl = serverUrl;
    jobs.events.on('change', (job) => this.#jobChanged(job));
  }

  newId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  get(id: number): PipelineRecord | undefined {
    return this.#pipelines.get(id);
  }

  /** Takes on the pipeline and queues the jobs that wait for nobody. */
  start(id: number, pipeline: Pipeline, project: Project, commit: Commit): PipelineRecord {
    const record = new PipelineRecord(id, pipeline, project, commit);
    for (const job of pipeline.jobs) this.#addJob(record, job);
    this.#pipelines.set(id, record);
    this.#advance(record);
    return record;
  }

  /** Starts a job that waits for a person; false when it does not. */
  play(job: JobRecord): boolean {
    const record = this.get(job.pipelineId ?? 0);
    if (record === undefined || job.state !== 'manual') return false;
    this.#enqueue(record, job);
    return true;
  }

  cancel(record: PipelineRecord): void {
    for (const { name } of record.pipeline.jobs) {
      const job = record.current(name);
      if (job !== undefined) this.#jobs.cancel(job, false);
    }
  }

  #addJob(record: PipelineRecord, { name, stage, tags, allowFailure }: PipelineJob): JobRecord {
    const allow_failure =
      typeof allowFailure === 'boolean' ? allowFailure : { exit_codes: [...allowFailure.exitCodes] };
    const options = optionalJobOptionsSchema.parse({ tags: [...tags], allow_failure });
    const place = { projectId: record.project.id, pipelineId: record.id };
    const job = this.#jobs.add({ ...this.#jobs.newIdentity(), ...place, name, stage, options, payload: {} });
    record.setCurrent(job);
    return job;
  }

  #jobChanged(job: JobRecord): void {
    const record = this.get(job.pipelineId ?? 0);
    if (record === undefined || record.current(job.name) !== job) return;
    if (job.state === 'failed') this.#retry(record, job);
    this.#advance(record);
  }

  #retry(record: PipelineRecord, job: JobRecord): void {
    const definition = record.definition(job.name);
    const tries = record.attempts(job.name).length;
    if (definition === undefined || !shouldRetry(definition, job.failureReason ?? '', job.exitCode, tries)) return;
    this.#enqueue(record, this.#addJob(record, definition));
  }

  #advance(record: PipelineRecord): void {
    const next = nextJobs(record.pipeline, record.statuses());
    const created = (names: readonly string[]): JobRecord[] =>
      names.flatMap((name) => record.current(name) ?? []).filter(({ state }) => state === 'created');
    // Each of these changes comes back here before the next one is looked at.
    for (const job of created(next.skipped)) if (job.state === 'created') this.#jobs.setState(job, 'skipped');
    for (const job of created(next.manual)) if (job.state === 'created') this.#jobs.setState(job, 'manual');
    for (const job of created(next.pending)) if (job.state === 'created') this.#enqueue(record, job);
  }

  #enqueue(record: PipelineRecord, job: JobRecord): void {
    job.payload = pipelineJobPayload(record, job, this.#serverUrl);
    this.#jobs.enqueue(job);
  }
}
