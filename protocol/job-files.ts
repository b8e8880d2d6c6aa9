import { z } from 'zod';
import { flag, list, optional, text } from './lenient.ts';

/** Files that the coordinator keeps after the job: the archive, or one report. */
export const artifactSpecSchema = z.object({
  name: optional(z.string()),
  /** All files that git does not track. */
  untracked: flag(),
  paths: list(z.string()),
  exclude: list(z.string()),
  /** `on_success` (also when empty), `on_failure` or `always`. */
  when: text(),
  expire_in: optional(z.string()),
  /** `archive`, or the kind of a report such as `junit`. */
  artifact_type: text(),
  /** `zip`, `gzip` or `raw`. */
  artifact_format: text(),
});
export type ArtifactSpec = z.infer<typeof artifactSpecSchema>;

/** Files kept between jobs, best effort. */
export const cacheSpecSchema = z.object({
  key: text(),
  untracked: flag(),
  /** `pull-push` (also when empty), `pull` or `push`. */
  policy: text(),
  paths: list(z.string()),
  when: text(),
  fallback_keys: list(z.string()),
});
export type CacheSpec = z.infer<typeof cacheSpecSchema>;

/** An earlier job whose archive this one wants. Without `artifacts_file.filename` there is none. */
export const dependencySchema = z.object({
  id: z.int().positive(),
  name: text(),
  /** The token to present for the download: the running job's own. */
  token: text(),
  artifacts_file: optional(z.object({ filename: text(), size: optional(z.int()) })),
});
export type Dependency = z.infer<typeof dependencySchema>;
