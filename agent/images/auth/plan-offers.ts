import type { AuthSource } from './auth-source.ts';
import type { KeyStep } from './auth-explanation.ts';
import { type AuthConfig, parseAuthConfig } from './keys/parse-auth-config.ts';
import type { Secret } from './keys/parse-auth-entry.ts';
import { type ImagePath, keyPath, serverName } from './keys/registry-path.ts';

/** A source and what it says. */
export interface ReadSource {
  readonly source: AuthSource;
  readonly config: AuthConfig;
}

/** One key that covers an image, before any helper was asked. A smaller rank is a longer path. */
export interface Offer {
  readonly source: AuthSource;
  readonly kind: KeyStep['kind'];
  readonly key: string;
  readonly path: string;
  readonly rank: number;
  readonly secret?: Secret;
  readonly helper?: string;
  /** What the helper may know the registry by, best first. */
  readonly servers: readonly string[];
}

export const readSources = (sources: readonly AuthSource[]): ReadSource[] =>
  sources.map((source) => ({ source, config: parseAuthConfig(source.text) }));

/** The keys that cover an image: by source, and within one helpers before the store before `auths`. */
export const planOffers = (sources: readonly ReadSource[], image: ImagePath): Offer[] =>
  sources.flatMap((read) => [...helperOffers(read, image), ...storeOffers(read, image), ...staticOffers(read, image)]);

function helperOffers({ source, config }: ReadSource, image: ImagePath): Offer[] {
  return firstOfPath(config.helpers).flatMap(({ key, path, helper }) => {
    const rank = path === undefined ? undefined : image.prefixes.get(path);
    if (path === undefined || rank === undefined) return [];
    const servers = path === 'docker.io' ? [serverName(path), key] : [key];
    return [{ source, kind: 'credHelpers' as const, key, path, rank, helper, servers: [...new Set(servers)] }];
  });
}

/** A store is asked for the registry, and for what `auths` names without a secret: `docker login` leaves such entries. */
function storeOffers({ source, config }: ReadSource, image: ImagePath): Offer[] {
  const { store: helper } = config;
  if (helper === undefined) return [];
  const named = config.auths.filter(({ secret, problem }) => secret === undefined && problem === undefined);
  const known = named.flatMap(({ key, path }) =>
    path === undefined || path === image.registry ? [] : [{ key, path }],
  );
  const hosts = firstOfPath(named.filter(({ path }) => path === image.registry)).map(({ key }) => key);
  const asked = firstOfPath(known).map(({ key, path }) => ({ key, path, servers: [key] }));
  const registry = serverName(image.registry);
  const whole = { key: registry, path: image.registry, servers: [...new Set([registry, ...hosts])] };
  return [...asked, whole].flatMap(({ key, path, servers }) => {
    const rank = image.prefixes.get(path);
    return rank === undefined ? [] : [{ source, kind: 'credsStore' as const, key, path, rank, helper, servers }];
  });
}

/** One question per path, however often and in how many spellings a config names it. */
function firstOfPath<T extends { readonly path: string | undefined }>(keys: readonly T[]): T[] {
  const paths = new Set<string | undefined>();
  return keys.filter(({ path }) => !paths.has(path) && paths.add(path));
}

function staticOffers({ source, config }: ReadSource, image: ImagePath): Offer[] {
  return config.auths.flatMap(({ key, path, secret }) => {
    const rank = path === undefined ? undefined : image.prefixes.get(path);
    if (path === undefined || rank === undefined || secret === undefined) return [];
    return [{ source, kind: 'auths' as const, key, path, rank, secret, servers: [] }];
  });
}

/** The path of a server that a store lists, when it covers the image. */
export function listedRank(server: string, image: ImagePath): number | undefined {
  const path = keyPath(server);
  return path === undefined ? undefined : image.prefixes.get(path);
}
