import { imagePlace } from '../registry/image-place.ts';

/** In full, with registry, `library/` and tag: `docker.io/library/alpine:latest`. The text itself when it is no reference. */
export function canonicalName(reference: string): string {
  return nameOf(reference, (registry) => `${registry}/`);
}

/**
 * The ways in which people write a reference: as it is, in full, short as Docker Hub's images are written, without the tag where
 * that is `latest`, and each of them without the digest.
 */
export function commonNames(reference: string): readonly string[] {
  const short = nameOf(reference, (registry) => (registry === 'docker.io' ? '' : `${registry}/`));
  const names = [reference, canonicalName(reference), short, short.replace(/^library\//, '')];
  const withoutDigest = names.map((name) => name.replace(/@.*$/, ''));
  const all = [...names, ...withoutDigest];
  return [...new Set([...all, ...all.map((name) => name.replace(/:latest$/, ''))])];
}

function nameOf(reference: string, prefix: (registry: string) => string): string {
  const place = imagePlace(reference);
  if (place === undefined) return reference;
  const tag = place.tag === undefined ? '' : `:${place.tag}`;
  const digest = place.digest === undefined ? '' : `@${place.digest}`;
  return prefix(place.registry) + place.repository + tag + digest;
}
