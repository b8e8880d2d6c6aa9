import { jobPayloadSchema, type JobPayload } from '#protocol/job.ts';
import { JobFailure } from '../../common/errors/job-failure.ts';
import { parseToml } from '../../config/check/parse-toml.ts';
import type { ConfigProblem } from '../../config/config-error.ts';
import { dockerRunners } from '../../config/load-config.ts';
import type { Config } from '../../config/schema.ts';
import { dockerSchema, type DockerConfig } from '../../config/schema/docker.ts';
import { runnerSchema } from '../../config/schema/runner.ts';
import { acceptJob } from '../../job/accept/accept-job.ts';

/** What they say depends on the job's image, on each other, or on variables of the job. */
const UNJUDGED: ReadonlySet<string> = new Set([
  'image',
  'helper_image',
  'services',
  'services_limit',
  'allowed_images',
  'allowed_services',
  'allowed_users',
  'allowed_pull_policies',
  'require_digest',
]);
const BYTE_ORDER_MARK = /^\uFEFF/;
const DEFAULTS = dockerSchema.parse({});
const RUNNER = runnerSchema.parse({ url: 'http://localhost', token: 'sample' });
const SLOT = { concurrentId: 0, projectSlot: 0 };

/**
 * Values of `[runners.docker]` that fail every job that needs them, with their places in the file. Each key is judged for
 * itself by what a job does with it; what only an engine knows is not asked. `text` is the file that `config` was read from.
 */
export function valueProblems(text: string, config: Config): ConfigProblem[] {
  const { positions } = parseToml(text.replace(BYTE_ORDER_MARK, ''));
  return dockerRunners(config).flatMap((runner) => {
    const index = config.runners.indexOf(runner);
    return Object.keys(runner.docker).flatMap((key) => {
      const message = trouble(runner.docker, key);
      if (message === undefined) return [];
      const place = positions.find(['runners', index, 'docker', key]);
      const entry = runner.name === '' ? `number ${index + 1}` : JSON.stringify(runner.name);
      return [{ message, key: `runners.docker.${key}`, line: place?.line, column: place?.column, runner: entry }];
    });
  });
}

function trouble(given: DockerConfig, key: string): string | undefined {
  const value: unknown = Reflect.get(given, key);
  const text = JSON.stringify(value) ?? '';
  if (UNJUDGED.has(key) || text === JSON.stringify(Reflect.get(DEFAULTS, key)) || text.includes('$')) return undefined;
  const docker: DockerConfig = { ...DEFAULTS, [key]: value, ...companions(given)[key] };
  try {
    acceptJob({ payload: sampleJob(), runner: { ...RUNNER, docker }, slot: SLOT, systemId: '', instance: '' });
    return undefined;
  } catch (error) {
    if (error instanceof JobFailure) return error.message;
    throw error;
  }
}

/** What some keys are nothing without. */
const companions = (given: DockerConfig): Readonly<Record<string, Partial<DockerConfig>>> => ({
  pull_policy: { allowed_pull_policies: given.allowed_pull_policies },
  cache_dir: { volumes: ['/sample'] },
  services_devices: { services_devices: { '**': Object.values(given.services_devices ?? {}).flat() } },
});

/** A job with all kinds of containers. */
const sampleJob = (): JobPayload =>
  jobPayloadSchema.parse({
    id: 1,
    token: 'sample',
    job_info: { name: 'sample', stage: 'test', project_id: 1 },
    git_info: { repo_url: 'http://localhost/group/project.git', ref: 'main', sha: '0'.repeat(40), refspecs: [] },
    runner_info: { timeout: 3600 },
    image: { name: 'sample' },
    services: [{ name: 'sample' }],
    steps: [{ name: 'script', script: ['true'] }],
  });
