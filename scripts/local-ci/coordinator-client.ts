import { z } from 'zod';
import { SetupError } from '../common/setup-error.ts';

const times = z.record(z.string(), z.number());

const jobSummary = z.object({
  id: z.number(),
  name: z.string(),
  stage: z.string(),
  state: z.string(),
  failure_reason: z.string().nullable(),
  exit_code: z.number().nullable(),
  allow_failure: z.boolean(),
  t: times,
});

const jobView = jobSummary.extend({ trace_bytes: z.number(), checksum_ok: z.boolean().nullable() });

const pipelineView = z.object({
  id: z.number(),
  state: z.string(),
  sha: z.string(),
  warnings: z.array(z.string()),
  jobs: z.array(jobSummary),
});

const queuedJob = z.object({ id: z.number() });

/** A job of a pipeline; times in seconds on the coordinator's clock: queued, handed, first_trace, final. */
export type JobSummary = z.output<typeof jobSummary>;
export type JobView = z.output<typeof jobView>;
export type PipelineView = z.output<typeof pipelineView>;

export interface PipelineOrder {
  /** A git work tree or bare repository. */
  readonly project_dir: string;
  readonly pipeline_file?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The admin API of the local coordinator. */
export class CoordinatorClient {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async startPipeline(order: PipelineOrder): Promise<PipelineView> {
    return pipelineView.parse(await this.#call('POST', '/mock/pipelines', order));
  }

  async pipeline(id: number): Promise<PipelineView> {
    return pipelineView.parse(await this.#call('GET', `/mock/pipelines/${String(id)}`));
  }

  /** Queues one job: a partial payload over the smallest one. Gives its id. */
  async queueJob(payload: object): Promise<number> {
    return queuedJob.parse(await this.#call('POST', '/mock/jobs', payload)).id;
  }

  async job(id: number): Promise<JobView> {
    return jobView.parse(await this.#call('GET', `/mock/jobs/${String(id)}`));
  }

  /** The job as soon as it has ended, or as it is after `seconds`. */
  async waitForJob(id: number, seconds: number): Promise<JobView> {
    return jobView.parse(await this.#call('GET', `/mock/jobs/${String(id)}/wait?s=${String(seconds)}`));
  }

  async trace(id: number): Promise<Buffer> {
    const response = await fetch(`${this.url}/mock/jobs/${String(id)}/trace`);
    return Buffer.from(await response.arrayBuffer());
  }

  async cancelJob(id: number, force = false): Promise<void> {
    await this.#call('POST', `/mock/jobs/${String(id)}/cancel`, { force });
  }

  async playJob(id: number): Promise<void> {
    await this.#call('POST', `/mock/jobs/${String(id)}/play`, {});
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...sent,
      headers: { 'content-type': 'application/json' },
    });
    const text = await response.text();
    if (!response.ok) throw new SetupError(`the coordinator refused ${method} ${path} (${response.status}): ${text}`);
    return JSON.parse(text);
  }
}
