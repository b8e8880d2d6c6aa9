import { homedir } from 'node:os';
import { joinAllowedHelpers } from '../config/schema/credential-helpers.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import { CredentialResolver } from '../images/auth/credential-resolver.ts';
import { authConfigOf, type PayloadCredential, readAuthSources } from '../images/auth/read-auth-sources.ts';
import type { CredentialFinder } from '../images/image-access.ts';

/** Where the credentials of one job may come from. */
export interface JobAuth {
  readonly runner: RunnerConfig;
  /** Content of the job's own DOCKER_AUTH_CONFIG; empty or undefined: none. */
  readonly authConfig: string | undefined;
  readonly credentials: readonly PayloadCredential[];
}

/** The part of the trace that credentials need. */
export interface AuthTrace {
  addSecrets(secrets: Iterable<string>): void;
  warning(text: string): void;
}

/**
 * Finds the credentials of a job's images. Files are read and helpers asked when the first image needs them; what is found
 * is masked before anybody gets it. The signal ends running helpers.
 */
export function jobCredentials(auth: JobAuth, trace: AuthTrace, signal: AbortSignal): CredentialFinder {
  let resolver: Promise<CredentialResolver> | undefined;
  return {
    candidates: async (reference) => {
      resolver ??= openResolver(auth, trace, signal);
      const open = await resolver;
      const candidates = await open.candidates(reference);
      trace.addSecrets(open.secrets());
      return candidates;
    },
  };
}

async function openResolver(auth: JobAuth, trace: AuthTrace, signal: AbortSignal): Promise<CredentialResolver> {
  const { runner, authConfig, credentials } = auth;
  const sources = await readAuthSources({
    job: authConfig,
    runner: authConfigOf(runner.environment),
    payload: credentials,
    home: homedir(),
    dockerConfig: process.env['DOCKER_CONFIG'],
  });
  const allowedHelpers = joinAllowedHelpers(
    runner.allowed_docker_credential_helpers,
    runner.docker.allowed_docker_credential_helpers,
  );
  return new CredentialResolver(sources, { allowedHelpers, log: trace, signal });
}
