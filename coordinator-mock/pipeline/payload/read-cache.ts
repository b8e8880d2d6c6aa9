import type { CacheSpec } from '#protocol/job-files.ts';
import { JobYamlError } from '../job-yaml-error.ts';
import { readMap, type KeywordTable } from '../yaml/read-map.ts';
import { readBoolean, readChoice, readString, readStrings, wrongType, type PlacedText } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

const maxCaches = 4;
const maxFallbackKeys = 5;
const filesReason = 'the key would depend on commits of files; write the key as a string, perhaps with variables';
const cacheKeywords: KeywordTable = {
  known: ['key', 'paths', 'untracked', 'policy', 'when', 'fallback_keys', 'unprotect'],
};
const keyKeywords: KeywordTable = {
  known: [],
  refused: { files: filesReason, files_commits: filesReason, prefix: filesReason },
};
const policies = ['pull-push', 'pull', 'push'] as const;

/**
 * `cache` as one map or a list of them. As GitLab does, each key gets the suffix `-protected` or `-non_protected`,
 * so that jobs of an open branch cannot spoil the cache of a protected one.
 */
export function readCache(node: YamlNode, what: string, refProtected: boolean): CacheSpec[] {
  const items = node.kind === 'list' ? node.items : [node];
  if (items.length > maxCaches) throw wrongType(node, what, `no more than ${maxCaches} caches`);
  return items.flatMap((item) => readOneCache(item, what, refProtected));
}

function readOneCache(node: YamlNode, what: string, refProtected: boolean): CacheSpec[] {
  const values = readMap(node, what, cacheKeywords, 'a map or a list of maps');
  if (values.size === 0) return [];
  const get = <Value>(name: string, read: (value: YamlNode, what: string) => Value): Value | undefined => {
    const value = values.get(name);
    return value === undefined ? undefined : read(value, `\`${name}\` of ${what}`);
  };
  const unprotect = get('unprotect', readBoolean) ?? false;
  const suffix = refProtected && !unprotect ? '-protected' : '-non_protected';
  const fallbackKeys = get('fallback_keys', readStrings) ?? [];
  if (fallbackKeys.length > maxFallbackKeys) {
    throw new JobYamlError(node.at, `\`fallback_keys\` of ${what} may hold no more than ${maxFallbackKeys} keys`);
  }
  return [
    {
      key: `${get('key', readKey) ?? 'default'}${suffix}`,
      untracked: get('untracked', readBoolean) ?? false,
      policy: get('policy', readPolicy) ?? 'pull-push',
      paths: texts(get('paths', readStrings)),
      when:
        get('when', (value, name) => readChoice(value, name, ['on_success', 'on_failure', 'always'])) ?? 'on_success',
      fallback_keys: texts(fallbackKeys).map((key) => `${key}${suffix}`),
    },
  ];
}

function readKey(node: YamlNode, what: string): string {
  if (node.kind === 'map') readMap(node, what, keyKeywords);
  if (node.kind === 'scalar' && typeof node.value === 'number') return node.source;
  const key = readString(node, what);
  if (/\/|%2f/i.test(key) || /^(\.|%2e)+$/i.test(key) || key === '') {
    throw new JobYamlError(node.at, `${what} must not be empty, hold a "/" or be made of dots only`);
  }
  return key;
}

/** A policy may also be a variable, which the runner expands. */
function readPolicy(node: YamlNode, what: string): string {
  if (node.kind === 'scalar' && typeof node.value === 'string' && node.value.includes('$')) return node.value;
  return readChoice(node, what, policies);
}

function texts(list: readonly PlacedText[] | undefined): string[] {
  return (list ?? []).map(({ text }) => text);
}
