import type { AuthSource } from '../../agent/images/auth/auth-source.ts';
import { CredentialResolver } from '../../agent/images/auth/credential-resolver.ts';
import type { Provenance } from '../../agent/images/auth/credential.ts';
import type { AllowedHelpers } from '../../agent/images/auth/helpers/helper-permit.ts';
import { helperRunner } from '../../agent/images/auth/helpers/run-helper.ts';

export interface ResolverSetup {
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  readonly allowed?: AllowedHelpers;
  readonly signal?: AbortSignal;
}

/** A source named after who supplied it, with a docker config as its text. */
export const authSource = (provenance: Provenance, config: unknown): AuthSource => ({
  name: provenance,
  provenance,
  text: typeof config === 'string' ? config : JSON.stringify(config),
});

/** A value of `auth`. */
export const login = (user: string, password = 'pw'): { auth: string } => ({
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
});

/** A resolver that writes its warnings down and runs real helpers. */
export function resolverOf(sources: readonly AuthSource[], setup: ResolverSetup = {}) {
  const warnings: string[] = [];
  const { env = process.env, timeoutMs = 10_000, allowed = {}, signal = new AbortController().signal } = setup;
  const resolver = new CredentialResolver(sources, {
    allowedHelpers: allowed,
    log: { warning: (text) => void warnings.push(text) },
    runHelper: helperRunner({ env, timeoutMs }),
    signal,
  });
  const users = async (image: string): Promise<string[]> =>
    (await resolver.candidates(image)).map(({ username, identityToken }) => identityToken ?? username);
  return { resolver, warnings, users };
}
