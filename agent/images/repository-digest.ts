import { parseImageRef } from './image-ref.ts';
import { imagePlace } from './registry/image-place.ts';

/** The digest that an image has in the repository it was asked from, else in any that it came from. */
export function repositoryDigest(reference: string, digests: readonly string[]): string | undefined {
  const own = ownDigest(reference, digests);
  return parseImageRef(reference)?.digest ?? own?.slice(own.indexOf('@') + 1);
}

/** The `name@sha256:...` of an image that has the name it was asked by, else any. */
export const ownDigest = (reference: string, digests: readonly string[]): string | undefined =>
  digests.find((digest) => sameRepository(reference, digest)) ?? digests[0];

/** Whether two references name the same repository of the same registry, whatever their tags and digests. */
export function sameRepository(one: string, other: string): boolean {
  const [a, b] = [imagePlace(one), imagePlace(other)];
  return a !== undefined && a.registry === b?.registry && a.repository === b.repository;
}
