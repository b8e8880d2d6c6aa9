import { z } from 'zod';
import { defaulted, flag, map, optional, text } from './lenient.ts';

/** Who the agent is and what it can do: `info` of register, verify, job requests and job updates. */
export const runnerInfoSchema = z.object({
  name: text(),
  version: text(),
  revision: text(),
  platform: text(),
  architecture: text(),
  executor: optional(z.string()),
  shell: optional(z.string()),
  /** Feature name to "supported". The coordinator acts on a few of them; see README.md. */
  features: map(z.boolean()),
  config: defaulted(z.object({ gpus: text() })),
  labels: optional(z.record(z.string(), z.string())),
});
export type RunnerInfo = z.infer<typeof runnerInfoSchema>;

/** POST /runners with a registration token. */
export const registerRequestSchema = z.object({
  token: z.string().min(1),
  info: defaulted(runnerInfoSchema),
  description: optional(z.string()),
  maintenance_note: optional(z.string()),
  /** `not_protected` or `ref_protected`. */
  access_level: optional(z.string()),
  /** Comma-separated, as in `docker, linux`. */
  tag_list: optional(z.string()),
  run_untagged: flag(),
  locked: flag(),
  paused: flag(),
  /** Seconds. */
  maximum_timeout: optional(z.int()),
});
export type RegisterRequest = z.infer<typeof registerRequestSchema>;

/** POST /runners/verify. */
export const verifyRequestSchema = z.object({
  token: z.string().min(1),
  system_id: optional(z.string()),
  info: defaulted(runnerInfoSchema),
});
export type VerifyRequest = z.infer<typeof verifyRequestSchema>;

/** The answer to register and verify. */
export const runnerIdentitySchema = z.object({
  id: z.int().positive(),
  token: z.string().min(1),
  /** ISO 8601; absent when the token never expires. */
  token_expires_at: optional(z.string()),
});
export type RunnerIdentity = z.infer<typeof runnerIdentitySchema>;

/** POST /runners/reset_authentication_token, answered with TokenReset. */
export const resetTokenRequestSchema = z.object({ token: z.string().min(1) });
export type ResetTokenRequest = z.infer<typeof resetTokenRequestSchema>;

/** The answer to a token reset; the old token is invalid from now on. */
export const tokenResetSchema = z.object({ token: z.string().min(1), token_expires_at: optional(z.string()) });
export type TokenReset = z.infer<typeof tokenResetSchema>;

/** DELETE /runners. */
export const unregisterRunnerRequestSchema = z.object({ token: z.string().min(1) });
export type UnregisterRunnerRequest = z.infer<typeof unregisterRunnerRequestSchema>;

/** DELETE /runners/managers: only the manager `system_id` of that runner. */
export const unregisterManagerRequestSchema = z.object({ token: z.string().min(1), system_id: z.string().min(1) });
export type UnregisterManagerRequest = z.infer<typeof unregisterManagerRequestSchema>;

/** POST /jobs/request. `last_update` is the last `X-GitLab-Last-Update` seen, without which no request is held. */
export const jobRequestSchema = z.object({
  token: z.string().min(1),
  system_id: optional(z.string()),
  info: defaulted(runnerInfoSchema),
  last_update: optional(z.string()),
});
export type JobRequest = z.infer<typeof jobRequestSchema>;
