import { imagePlace, registryName } from './image-place.ts';

/** One `[[runners.docker.registry_mirrors]]` entry: `registry` is mirrored at `url`, `https://host[:port][/path]`. */
export interface RegistryMirror {
  readonly registry: string;
  readonly url: string;
}

/** One name to pull an image by; `mirror` is the mirror's `host[:port][/path]`, undefined for the origin. */
export interface PullCandidate {
  readonly reference: string;
  readonly mirror: string | undefined;
}

/**
 * The names by which an image can be pulled, in this order: the mirrors of its registry as configured, then the origin as it was
 * asked for. What came from a mirror has to be tagged as asked; tag and digest of the reference are kept in every name.
 */
export function mirrorReferences(reference: string, mirrors: readonly RegistryMirror[]): readonly PullCandidate[] {
  const origin: PullCandidate = { reference, mirror: undefined };
  const place = imagePlace(reference);
  if (place === undefined) return [origin];
  const { registry, repository, tag, digest } = place;
  const suffix = (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
  const places = mirrors
    .filter((mirror) => registryName(mirror.registry) === registry)
    .map(({ url }) => mirrorPlace(url));
  const candidates = [...new Set(places)]
    .filter((mirror) => mirror !== registry)
    .map((mirror) => ({ reference: `${mirror}/${repository}${suffix}`, mirror }));
  return [...candidates, origin];
}

/** `https://Mirror.example.com:5000/hub/` as the begin of a reference: `mirror.example.com:5000/hub`. */
function mirrorPlace(url: string): string {
  const [host = '', ...path] = url
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '')
    .split('/');
  return [host.toLowerCase(), ...path].join('/');
}
