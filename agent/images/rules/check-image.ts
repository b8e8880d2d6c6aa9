import { JobFailure } from '../../common/errors/job-failure.ts';
import { isImageId, parseImageRef } from '../image-ref.ts';
import { canonicalName, commonNames } from './image-names.ts';
import { matchesImage } from './match-image.ts';

/** Which images a runner lets its jobs use, for one of the two purposes. */
export interface ImageRules {
  readonly purpose: 'images' | 'services';
  /** Globs; `!glob` denies and wins. Empty: all. */
  readonly allowed: readonly string[];
  /** What the operator's own configuration names, expanded: always allowed. */
  readonly configured: readonly string[];
  /** Globs of images that must be named by digest. */
  readonly requireDigest: readonly string[];
}

/**
 * Holds an image, its variables expanded, against the rules of the runner.
 * @throws {JobFailure} that names the list it is not on
 */
export function checkImage(reference: string, rules: ImageRules): void {
  if (!rules.configured.includes(reference) && !isAllowed(reference, rules.allowed))
    refuse(`${JSON.stringify(reference)} is not present on list of allowed ${rules.purpose}:`, rules.allowed);
  if (isImageId(reference) || parseImageRef(reference)?.digest !== undefined) return;
  const names = commonNames(reference);
  if (rules.requireDigest.some((glob) => matchesImage(glob, names)))
    refuse(
      `${JSON.stringify(reference)} must be named by its digest (name@sha256:...), as require_digest says:`,
      rules.requireDigest,
    );
}

/**
 * Whether a list of globs lets an image pass; an empty list lets all pass. A denial is meant for the image however it is
 * written; a permission for the name as written or in full.
 */
export function isAllowed(reference: string, globs: readonly string[]): boolean {
  const denials = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  if (denials.some((glob) => matchesImage(glob, commonNames(reference)))) return false;
  const permissions = globs.filter((glob) => !glob.startsWith('!'));
  return (
    permissions.length === 0 || permissions.some((glob) => matchesImage(glob, [reference, canonicalName(reference)]))
  );
}

function refuse(sentence: string, list: readonly string[]): never {
  throw new JobFailure('runner_system_failure', [sentence, ...list.map((glob) => `- ${glob}`)].join('\n'));
}
