import { z } from 'zod';
import { cacheSchema } from './cache.ts';
import { allowedHelpers } from './credential-helpers.ts';
import { dockerSchema } from './docker.ts';
import {
  duration,
  durationOr,
  flag,
  instant,
  integer,
  list,
  map,
  opaque,
  optionalFlag,
  positive,
  switches,
  text,
  textOr,
} from './fields.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const identity = {
  name: z.string().default(''),
  id: integer('number of the runner at the coordinator'),
  token_obtained_at: instant('when the token was given'),
  token_expires_at: instant('when the token expires'),
  executor: textOr('docker', 'what runs the jobs: docker'),
  'tls-ca-file': text('certificates that the coordinator is verified with'),
  'tls-cert-file': text('client certificate for the coordinator'),
  'tls-key-file': text('key of the client certificate'),
};

const asking = {
  limit: integer('most jobs of this runner at a time; 0: any number'),
  request_concurrency: positive(1, 'most job requests at a time'),
  strict_check_interval: flag('wait check_interval after a job as well'),
  unhealthy_requests_limit: positive(3, 'failed job requests before the runner rests'),
  unhealthy_interval: durationOr(HOUR_MS, 'how long an unhealthy runner rests'),
  job_status_final_update_retry_limit: positive(10, 'tries to deliver the final state'),
  labels: map('labels of the runner'),
};

const jobs = {
  output_limit: positive(4096, 'most kilobytes of a job log'),
  environment: list('KEY=value, for every job; job variables win'),
  builds_dir: textOr('/builds', 'directory of the work trees in the container'),
  cache_dir: textOr('/cache', 'directory of local caches in the container'),
  clone_url: text('URL that git uses instead of the coordinator'),
  shell: text('bash or sh; default: what the image has'),
  pre_get_sources_script: text('runs in the helper container before the sources'),
  post_get_sources_script: text('runs in the helper container after the sources'),
  pre_build_script: text('runs before the script of the job, in its shell'),
  post_build_script: text('runs after the script of the job, in its shell'),
  debug_trace_disabled: flag('CI_DEBUG_TRACE and CI_DEBUG_SERVICES have no effect'),
  safe_directory_checkout: optionalFlag('tell git that the work tree is safe; default: true'),
  clean_git_config: optionalFlag('remove left-over git configuration; default: true'),
  prepare_timeout: duration('longest preparation of a job'),
  get_sources_timeout: duration('longest fetching of sources'),
  proxy_exec: optionalFlag('mask values in the helper'),
  use_slot_cgroups: flag('a cgroup per slot'),
  slot_cgroup_template: text('cgroup of a slot: runner/slot-${slot}'),
  step_runner_image: text('image of the step runner'),
};

const artifactSchema = z.strictObject({
  upload_timeout: durationOr(HOUR_MS, 'longest upload of an artifact'),
  response_header_timeout: durationOr(10 * MINUTE_MS, 'longest wait for the answer to an upload'),
});

const tables = {
  custom_build_dir: z.strictObject({ enabled: flag('jobs may set GIT_CLONE_PATH', true) }).prefault({}),
  feature_flags: switches('feature flags; they beat job variables'),
  artifact: artifactSchema.prefault({}),
  cache: cacheSchema.prefault({}),
  docker: dockerSchema.prefault({}),
  allowed_docker_credential_helpers: allowedHelpers(),
  referees: opaque(),
  monitoring: opaque(),
  experimental: opaque(),
};

/** Settings of executors that this agent does not have; known, so that they are named as such and not as typing errors. */
const otherExecutors = {
  autoscaler: opaque(),
  custom: opaque(),
  instance: opaque(),
  kubernetes: opaque(),
  machine: opaque(),
  parallels: opaque(),
  ssh: opaque(),
  virtualbox: opaque(),
};

/** Keys of `[[runners]]` that the command line can set, with their kind and description. */
export const runnerKeys = { ...identity, ...asking, ...jobs };

/** One `[[runners]]` entry without url and token. */
export const runnerSettings = z.strictObject({ ...runnerKeys, ...tables, ...otherExecutors });

/** One `[[runners]]` entry; url and token are needed. */
export const runnerSchema = runnerSettings.extend({
  url: z.string({ error: 'the URL of the coordinator' }).min(1, 'the URL of the coordinator'),
  token: z.string({ error: 'the token of the runner' }).min(1, 'the token of the runner'),
});

/** One `[[runners]]` entry, keys named as in the file. Durations are milliseconds, `*_timeout` numbers seconds. */
export type RunnerConfig = z.output<typeof runnerSchema>;
