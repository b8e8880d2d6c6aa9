import { JobFailure } from '../common/errors/job-failure.ts';
import type { ImageUse } from '../spec/job-spec.ts';

/**
 * What a failed pull is worth trying again for. `denied`: with other credentials. `busy`: later, the registry answers
 * 429 or 5xx. `unreachable`: later, it does not answer. `missing` and `broken`: never.
 */
export type PullErrorKind = 'denied' | 'missing' | 'busy' | 'unreachable' | 'broken';

/** Tried in this order: the engine has but one status for all of them, so its sentence has to tell. */
const KINDS: readonly (readonly [PullErrorKind, RegExp])[] = [
  ['busy', /toomanyrequests|too many requests|rate limit|(?:http|status)\D{0,40}\b(?:429|5\d\d)\b/i],
  ['broken', /x509|certificate|no space left|gave HTTP response to HTTPS client/i],
  [
    'missing',
    /not found|manifest unknown|name unknown|repository does not exist(?! or)|invalid reference|no match(?:ing)? (?:manifest|for platform)/i,
  ],
  ['denied', /denied|unauthorized|authentication required|no basic auth|incorrect username|forbidden/i],
  [
    'unreachable',
    /dial|refused|no such host|time-?out|deadline exceeded|handshake|reset by peer|broken pipe|EOF|lookup|network|misbehaving|request canceled/i,
  ],
];

/** Reads the engine's sentence about a failed pull; addresses in it, which the job may have chosen, do not count. */
export function pullErrorKind(error: unknown): PullErrorKind {
  const message = messageOf(error).replaceAll(/"?https?:\/\/[^\s"]*"?/g, '');
  return KINDS.find(([, pattern]) => pattern.test(message))?.[0] ?? 'broken';
}

/** Whether the registry was asked too often: it may say how long it wants to be left alone. */
export const isRateLimit = (error: unknown): boolean =>
  /toomanyrequests|too many requests|rate limit|(?:http|status)\D{0,40}\b429\b/i.test(messageOf(error));

/** Not there or not allowed is the job's mistake; a registry that cannot be reached is somebody else's; the rest is a failed pull. */
export function pullFailure(use: ImageUse, cause: unknown): JobFailure {
  if (use.pullPolicies.every((policy) => policy === 'never')) {
    const sentence = `image "${use.reference}" is not on this host and the pull policy "never" forbids to pull it`;
    return new JobFailure('runner_system_failure', sentence, { cause });
  }
  const sentence = `failed to pull image "${use.reference}" with specified policies [${use.pullPolicies.join(' ')}]: ${messageOf(cause)}`;
  const kind = pullErrorKind(cause);
  if (kind === 'missing' || kind === 'denied') return new JobFailure('runner_configuration_error', sentence, { cause });
  const away = kind === 'unreachable' || /\btls\b|x509/i.test(messageOf(cause));
  return new JobFailure(away ? 'runner_external_dependency_failure' : 'image_pull_failure', sentence, { cause });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
