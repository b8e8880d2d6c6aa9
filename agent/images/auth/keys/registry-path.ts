/** An image as keys are compared with it. */
export interface ImagePath {
  /** `registry.example.com`, `registry.example.com:5000`, `docker.io`. */
  readonly registry: string;
  /** Every path that a key may have to cover the image, with its rank: 0 is the most exact. */
  readonly prefixes: ReadonlyMap<string, number>;
}

const DOCKER_HUB = 'docker.io';
const HUB_HOSTS: ReadonlySet<string> = new Set([DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io']);
const HOST = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]+)?$/;
const PATH = /^[\w./-]*$/;

/**
 * The registry and repository of an image reference, most exact first: tag and digest do not count, Docker Hub and its
 * `library/` are spelt out, `host:443` is `host`.
 */
export function imagePath(reference: string): ImagePath {
  const [name = ''] = reference.split('@');
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const registry = isHost(first) ? canonicalHost(first) : DOCKER_HUB;
  const repository = withoutTag(isHost(first) ? name.slice(slash + 1) : name);
  const official = registry === DOCKER_HUB && !repository.includes('/');
  const path = official ? `library/${repository}` : repository;
  return { registry, prefixes: prefixRanks(registry, path) };
}

/**
 * A key of a docker config in the same form: `registry.example.com/group`. Scheme, API version, trailing slash, tag and
 * the letter case of the host do not count. undefined for what can be no registry.
 */
export function keyPath(key: string): string | undefined {
  const [, scheme, host = '', rest = ''] = /^(https?:\/\/)?([^/]*)(.*)$/is.exec(key) ?? [];
  const registry = canonicalHost(host);
  if (!HOST.test(registry) || !PATH.test(rest.replace(/[:@].*$/, ''))) return undefined;
  const isAddress = scheme !== undefined || rest.endsWith('/') || registry === DOCKER_HUB;
  const path = withoutTag(rest.split('@')[0] ?? '').replaceAll(/^\/+|\/+$/g, '');
  return path === '' || (isAddress && /^v[12]$/.test(path)) ? registry : `${registry}/${path}`;
}

/** What a credential helper knows a registry by. Docker Hub has kept the address of its first version. */
export const serverName = (registry: string): string =>
  registry === DOCKER_HUB ? 'https://index.docker.io/v1/' : registry;

/** Whether `path` is `scope` or lies below it. */
export const covers = (scope: string, path: string): boolean => path === scope || path.startsWith(`${scope}/`);

/** As the engine decides it: a first part without dot, port and capital letter is a name on Docker Hub. */
const isHost = (part: string): boolean =>
  part === 'localhost' || /[.:]/.test(part) || (part !== '' && part !== part.toLowerCase());

function canonicalHost(host: string): string {
  const plain = host.toLowerCase().replace(/:443$/, '');
  return HUB_HOSTS.has(plain) ? DOCKER_HUB : plain;
}

const withoutTag = (path: string): string => path.replace(/:[^/]*$/, '');

function prefixRanks(registry: string, path: string): Map<string, number> {
  const parts = path.split('/');
  const ranks = new Map(
    parts.map((_, dropped) => [[registry, ...parts.slice(0, parts.length - dropped)].join('/'), dropped]),
  );
  // `docker.io/nginx` as a key means the official image, too.
  if (registry === DOCKER_HUB && parts.length === 2 && parts[0] === 'library') ranks.set(`${registry}/${parts[1]}`, 0);
  return ranks.set(registry, parts.length);
}
