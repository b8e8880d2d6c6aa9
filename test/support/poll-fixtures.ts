import { jobPayloadSchema } from '#protocol/job.ts';
import { createLogger, type Logger } from '../../agent/common/logger.ts';
import { configSchema, type Config } from '../../agent/config/schema.ts';
import type { RunnerConfig } from '../../agent/config/schema/runner.ts';
import type { LoadedConfig } from '../../agent/config/load-config.ts';
import type { JobOffer } from '../../agent/coordinator/job-offer.ts';
import type { JobAssignment, JobHandler } from '../../agent/job/job-handler.ts';

/** A whole configuration from the few keys that a test is about. */
export const configOf = (keys: object): Config => configSchema.parse(keys);

export const loadedOf = (config: Config, path = '/nowhere/config.toml'): LoadedConfig => ({
  path,
  config,
  warnings: [],
  text: '',
  exists: true,
});

export const runnerKeys = (name: string, keys: object = {}): object => ({
  name,
  url: 'http://fake',
  token: `glrt-${name}`,
  executor: 'docker',
  ...keys,
});

export function runnerOf(name: string, keys: object = {}): RunnerConfig {
  const [runner] = configOf({ runners: [runnerKeys(name, keys)] }).runners;
  if (runner === undefined) throw new Error('no runner');
  return runner;
}

/** The offer of a readable job. */
export function jobOffer(id: number, projectId = 7): JobOffer {
  const token = `glcbt-${id}`;
  const payload = jobPayloadSchema.parse({ id, token, job_info: { project_id: projectId }, git_info: {} });
  return { kind: 'job', job: { id, token, payload, failureReasons: [] } };
}

/** A job handler whose jobs end when the test says so. */
export class HeldJobs {
  readonly started: JobAssignment[] = [];
  readonly #ends = new Map<number, () => void>();

  readonly run: JobHandler = (assignment) => {
    this.started.push(assignment);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ends.set(assignment.received.id, resolve);
    return promise;
  };

  get ids(): number[] {
    return this.started.map(({ received }) => received.id);
  }

  end(id: number): void {
    const end = this.#ends.get(id);
    if (end === undefined) throw new Error(`job ${id} has not started`);
    end();
  }
}

/** A logger that keeps its lines. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, logger: createLogger({ level: 'debug', format: 'runner', write: (line) => lines.push(line) }) };
}
