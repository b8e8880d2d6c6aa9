import { parseImageRef } from '../image-ref.ts';

/** Where an image is: the registry, the repository in it, and what of the repository is meant. */
export interface ImagePlace {
  /** Lower case with the port as written; Docker Hub in all its spellings is `docker.io`. */
  readonly registry: string;
  /** With `library/` where Docker Hub leaves it out. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const DOCKER_HUB = 'docker.io';
const HUB_NAMES = new Set([DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io']);

/** The registry and repository of a reference, as the engine reads it; without tag and digest the tag is `latest`. undefined when it is none. */
export function imagePlace(reference: string): ImagePlace | undefined {
  const ref = parseImageRef(reference);
  if (ref === undefined) return undefined;
  const [first = '', ...rest] = ref.name.split('/');
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const registry = registryName(named ? first : DOCKER_HUB);
  const path = named ? rest.join('/') : ref.name;
  const repository = registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;
  const tag = ref.tag ?? (ref.digest === undefined ? 'latest' : undefined);
  return { registry, repository, tag, digest: ref.digest };
}

/** A registry's name by which it is compared: `Index.Docker.io` is `docker.io`. */
export function registryName(name: string): string {
  const lower = name.toLowerCase();
  return HUB_NAMES.has(lower) ? DOCKER_HUB : lower;
}

/** The host that serves a registry's API. */
export const registryHost = (registry: string): string => (registry === DOCKER_HUB ? 'registry-1.docker.io' : registry);
