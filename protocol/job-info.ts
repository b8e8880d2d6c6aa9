import { z } from 'zod';
import { flag, integer, list, optional, text } from './lenient.ts';

/** What a job is called and where it comes from. */
export const jobInfoSchema = z.object({
  name: text(),
  /** The pipeline's stage, not one of the agent's. */
  stage: text(),
  project_id: integer(),
  project_name: text(),
  project_full_path: text(),
  namespace_id: optional(z.int()),
  root_namespace_id: optional(z.int()),
  organization_id: optional(z.int()),
  user_id: optional(z.int()),
  scoped_user_id: optional(z.int()),
  pipeline_id: optional(z.int()),
  instance_id: optional(z.string()),
  instance_uuid: optional(z.string()),
  time_in_queue_seconds: optional(z.number()),
  /** A text: a number, `5+`, or `+Inf` when the runner belongs to a project. */
  project_jobs_running_on_instance_runners_count: optional(z.string()),
  queue_size: optional(z.int()),
  queue_depth: optional(z.int()),
});
export type JobInfo = z.infer<typeof jobInfoSchema>;

/** Where the sources are. `repo_url` carries the job token as its password. */
export const gitInfoSchema = z.object({
  repo_url: text(),
  ref: text(),
  /** `branch` or `tag`. */
  ref_type: text(),
  /** 40 hex digits (sha1) or 64 (sha256), as `repo_object_format` says. */
  sha: text(),
  before_sha: text(),
  refspecs: list(z.string()),
  /** 0 is the whole history. */
  depth: integer(),
  repo_object_format: z.preprocess((value) => (value ?? '') || 'sha1', z.string()),
  protected: optional(z.boolean()),
});
export type GitInfo = z.infer<typeof gitInfoSchema>;

const defaultTimeoutSeconds = 7200;

/** What the coordinator allows this runner. */
export const jobRunnerInfoSchema = z.object({
  /** Seconds until the job is to be ended; 7200 when the coordinator sends none or a value below 1. */
  timeout: integer().transform((seconds) => (seconds > 0 ? seconds : defaultTimeoutSeconds)),
  uuid: optional(z.string()),
});
export type JobRunnerInfo = z.infer<typeof jobRunnerInfoSchema>;

/** What the coordinator can do. */
export const jobFeaturesSchema = z.object({
  /** Foldable trace sections are shown. */
  trace_sections: flag(),
  /** The failure reasons that the coordinator knows; see mapFailureReason. */
  failure_reasons: list(z.string()),
  /** Words that start with one of these are masked to their end. */
  token_mask_prefixes: list(z.string()),
});
export type JobFeatures = z.infer<typeof jobFeaturesSchema>;

/** The security policy that put the job into its pipeline; for the trace only. */
export const policyOptionsSchema = z.object({
  execution_policy_job: flag(),
  policy_name: text(),
  policy_variables_override_allowed: optional(z.boolean()),
  policy_variables_override_exceptions: list(z.string()),
});
export type PolicyOptions = z.infer<typeof policyOptionsSchema>;
