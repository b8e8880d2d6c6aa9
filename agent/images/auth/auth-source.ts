import type { Provenance } from './credential.ts';

/** Credentials of one place, still as text: what they say is found out when an image asks. */
export interface AuthSource {
  /** For the log: `$DOCKER_AUTH_CONFIG`, a path, `job payload (GitLab Registry)`. */
  readonly name: string;
  readonly provenance: Provenance;
  /** JSON of a docker config, or of the old `.dockercfg`. */
  readonly text: string;
  /** Why there is no text; never content. */
  readonly problem?: string;
}
