import { z } from 'zod';
import { imageSpecSchema } from './image-spec.ts';
import { artifactSpecSchema, cacheSpecSchema, dependencySchema } from './job-files.ts';
import {
  gitInfoSchema,
  jobFeaturesSchema,
  jobInfoSchema,
  jobRunnerInfoSchema,
  policyOptionsSchema,
} from './job-info.ts';
import { defaulted, flag, integer, list, map, optional, text } from './lenient.ts';

/** One variable of a job. Order counts: the last of two with one key wins. */
export const variableSchema = z.object({
  key: z.string(),
  value: text(),
  public: flag(),
  /** The value is hidden in the trace. */
  masked: flag(),
  /** The value is the content of a file; the variable holds the file's path. */
  file: flag(),
  /** The value is not expanded. */
  raw: flag(),
});
export type Variable = z.infer<typeof variableSchema>;

/** A block of script. `name` is `script`, `release` or `after_script`. */
export const stepSchema = z.object({
  name: text(),
  script: list(z.string()),
  timeout: integer(),
  when: text(),
  allow_failure: flag(),
});
export type Step = z.infer<typeof stepSchema>;

/** Access to a registry (`type` is `registry`) that the coordinator lends to the job. */
export const credentialSchema = z.object({ type: text(), url: text(), username: text(), password: text() });
export type Credential = z.infer<typeof credentialSchema>;

/** A script at a fixed point of the job, such as `pre_get_sources_script`. */
export const hookSchema = z.object({ name: text(), script: list(z.string()) });
export type Hook = z.infer<typeof hookSchema>;

/** A value of the job's `inputs`. */
export const jobInputSchema = z.object({
  key: z.string(),
  value: z.object({ type: text(), content: z.unknown(), sensitive: flag() }),
});
export type JobInput = z.infer<typeof jobInputSchema>;

/** The body of a handed-out job (201). `id`, `token`, `job_info` and `git_info` must be there; the rest has an empty meaning. */
export const jobPayloadSchema = z.object({
  id: z.int().positive(),
  /** The job token: opaque, secret, valid while the job runs. */
  token: z.string().min(1),
  allow_git_fetch: flag(),
  job_info: jobInfoSchema,
  git_info: gitInfoSchema,
  runner_info: defaulted(jobRunnerInfoSchema),
  variables: list(variableSchema),
  steps: list(stepSchema),
  /** A list of CI functions as JSON text. Absent when missing, `null` or empty: such a job has `steps`. */
  run: z.preprocess((value) => (value === null || value === '' ? undefined : value), z.string().optional()),
  inputs: list(jobInputSchema),
  image: optional(imageSpecSchema),
  services: list(imageSpecSchema),
  artifacts: list(artifactSpecSchema),
  cache: list(cacheSpecSchema),
  credentials: list(credentialSchema),
  dependencies: list(dependencySchema),
  features: defaulted(jobFeaturesSchema),
  hooks: list(hookSchema),
  /** Variable name to its provider; each entry names one provider and perhaps `file`. */
  secrets: map(map(z.unknown())),
  policy_options: optional(policyOptionsSchema),
});
export type JobPayload = z.infer<typeof jobPayloadSchema>;

/** As much of a malformed payload as is needed to report its failure. */
export const jobIdentitySchema = jobPayloadSchema.pick({ id: true, token: true });
export type JobIdentity = z.infer<typeof jobIdentitySchema>;
