/** Who supplied a source: the job's author (hostile), the operator of this host (trusted), the coordinator. */
export type Provenance = 'job' | 'operator' | 'coordinator';

/** What a registry is answered with: user name and password, or an identity token. */
export interface Credential {
  readonly username: string;
  readonly password: string;
  /** Goes in place of the password when it is there; `password` is then empty. */
  readonly identityToken?: string;
  /** For the log: `$DOCKER_AUTH_CONFIG`, `/root/.docker/config.json`, `job payload (GitLab Registry)`. */
  readonly source: string;
  /** The key that matched, as written: `registry.example.com/group`. */
  readonly key: string;
}
