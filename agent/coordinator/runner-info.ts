import type { RunnerInfo } from '#protocol/runner.ts';
import { architecture, platform, productName, version } from '../common/version.ts';

/**
 * Every bit of `info.features`. The coordinator fails a job that needs a bit which is false, and skips what a bit switches on;
 * so a bit is true only when the agent does all that it promises.
 */
const features = {
  /** Job variables reach the script. */
  variables: true,
  /** The job's own image is used. */
  image: true,
  /** Service containers. */
  services: true,
  /** Artifacts of the job are uploaded. */
  artifacts: false,
  /** `cache:` is restored and saved. */
  cache: false,
  /** `cache:fallback_keys`. */
  fallback_cache_keys: false,
  /** Several artifact entries, such as reports beside an archive. */
  upload_multiple_artifacts: false,
  /** Artifacts of the format `raw`. */
  upload_raw_artifacts: false,
  /** A session server answers for the job. */
  session: false,
  /** ... and offers a terminal. */
  terminal: false,
  /** `git_info.refspecs` decide what is fetched; merge request refs need it. */
  refspecs: true,
  /** Masked variables are hidden in the trace. */
  masking: true,
  /** HTTP proxying to services of the job. */
  proxy: false,
  /** Variables with `raw` are not expanded. */
  raw_variables: true,
  /** `artifacts:exclude`. */
  artifacts_exclude: false,
  /** More steps than `script` and `after_script`: `release`. */
  multi_build_steps: true,
  /** A 416 makes the trace go on from where the coordinator stands. */
  trace_reset: true,
  /** Updates carry the trace's checksum ... */
  trace_checksum: true,
  /** ... and its size. */
  trace_size: true,
  /** `secrets:` from Vault and its like. */
  vault_secrets: false,
  /** A cancelled job is stopped. */
  cancelable: true,
  /** The script's exit code is reported; `allow_failure:exit_codes` needs it. */
  return_exit_code: true,
  /** Services get variables of their own. */
  service_variables: true,
  /** A service has several names. */
  service_multiple_aliases: true,
  /** `image:docker` options. */
  image_executor_opts: true,
  /** `services:docker` options. */
  service_executor_opts: true,
  /** `canceling`: after_script runs before the job ends. */
  cancel_gracefully: true,
  /** `run:` steps. */
  native_steps_integration: false,
  /** A received job is accepted by an update to `running`. */
  two_phase_job_commit: true,
  /** `inputs` are expanded in the script. */
  job_inputs: false,
  /** The executor shares its machine's environment with the job (shell executor). */
  shared: false,
} as const satisfies Record<string, boolean>;

/** What one `[[runners]]` entry adds to the description of the agent. */
export interface RunnerTraits {
  /** `[runners.docker] gpus`. */
  readonly gpus?: string | undefined;
  /** `labels` of the configuration, global and of the entry. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/**
 * Who the agent is and what it can do. The coordinator keeps what it hears first for most of an hour, so the same object goes
 * into register, verify, job requests and job updates.
 */
export function runnerInfo({ gpus, labels }: RunnerTraits = {}): RunnerInfo {
  return {
    name: productName,
    version,
    revision: 'HEAD',
    platform,
    architecture,
    executor: 'docker',
    shell: 'bash',
    features: { ...features },
    config: { gpus: gpus ?? '' },
    ...(labels !== undefined && Object.keys(labels).length > 0 ? { labels: { ...labels } } : {}),
  };
}
