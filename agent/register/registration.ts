import { UsageError } from '../common/errors/usage-error.ts';

/** What the coordinator keeps about a runner. With an authentication token it already knows them. */
export interface ServerAttributes {
  readonly tagList?: string | undefined;
  readonly runUntagged?: boolean | undefined;
  readonly locked?: boolean | undefined;
  readonly accessLevel?: string | undefined;
  /** Seconds. */
  readonly maximumTimeout?: number | undefined;
  readonly paused?: boolean | undefined;
  readonly maintenanceNote?: string | undefined;
}

/** How to become a runner: with a token that a runner already has, or by asking for one. */
export type Registration =
  | { readonly kind: 'authentication-token'; readonly token: string }
  | { readonly kind: 'registration-token'; readonly token: string; readonly attributes: ServerAttributes };

export interface RegistrationTokens {
  readonly token?: string | undefined;
  readonly registrationToken?: string | undefined;
}

const AUTHENTICATION_TOKEN = /^glrt-/;
const LONGEST_NOTE = 255;
const ACCESS_LEVELS: readonly string[] = ['not_protected', 'ref_protected'];

/** Whether a token is one that GitLab gave to a runner that was made there. */
export function isAuthenticationToken(token: string): boolean {
  return AUTHENTICATION_TOKEN.test(token);
}

/**
 * Decides how to register. An authentication token given as a registration token is taken, and the attributes are left
 * out, so that old automation keeps working. Throws UsageError, naming the option, for what cannot go together.
 */
export function chooseRegistration(tokens: RegistrationTokens, attributes: ServerAttributes): Registration {
  const { token, registrationToken } = tokens;
  if (token && registrationToken)
    throw new UsageError('--token and --registration-token cannot go together: give the one that you have');
  if (token) {
    assertNoServerAttributes(attributes);
    return { kind: 'authentication-token', token };
  }
  if (!registrationToken) throw new UsageError('a token is needed: --token (CI_SERVER_TOKEN)');
  if (isAuthenticationToken(registrationToken)) return { kind: 'authentication-token', token: registrationToken };
  assertAttributes(attributes);
  return { kind: 'registration-token', token: registrationToken, attributes };
}

function assertNoServerAttributes(attributes: ServerAttributes): void {
  const options = [
    attributes.tagList ? '--tag-list' : undefined,
    attributes.runUntagged ? '--run-untagged' : undefined,
    attributes.locked === false ? '--locked=false' : undefined,
    attributes.accessLevel ? '--access-level' : undefined,
    attributes.maximumTimeout ? '--maximum-timeout' : undefined,
    attributes.paused ? '--paused' : undefined,
    attributes.maintenanceNote ? '--maintenance-note' : undefined,
  ].filter((option) => option !== undefined);
  if (options.length === 0) return;
  throw new UsageError(
    `${options.join(', ')}: not possible with --token, because the coordinator keeps these settings with the runner; change them there`,
  );
}

function assertAttributes({ accessLevel, maintenanceNote, maximumTimeout }: ServerAttributes): void {
  if (accessLevel && !ACCESS_LEVELS.includes(accessLevel))
    throw new UsageError(`--access-level must be ${ACCESS_LEVELS.join(' or ')}`);
  if (maintenanceNote !== undefined && maintenanceNote.length > LONGEST_NOTE)
    throw new UsageError(
      `--maintenance-note may have ${LONGEST_NOTE} characters, this one has ${maintenanceNote.length}`,
    );
  if (maximumTimeout !== undefined && maximumTimeout < 0)
    throw new UsageError('--maximum-timeout is a number of seconds and cannot be negative');
}
