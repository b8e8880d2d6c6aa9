import { JobYamlError } from '../job-yaml-error.ts';
import { didYouMean } from './nearest-name.ts';
import { isNothing, wrongType } from './read-value.ts';
import type { MapNode, YamlNode } from './yaml-node.ts';

/** The keywords of one map: the ones read, and the ones refused, each with the reason as the rest of a sentence. */
export interface KeywordTable {
  readonly known: readonly string[];
  readonly refused?: Readonly<Record<string, string>>;
}

export function requireMap(node: YamlNode, what: string, wanted = 'a map'): MapNode {
  if (node.kind === 'map') return node;
  throw wrongType(node, what, wanted);
}

/**
 * The values of a map by keyword; a keyword without a value counts as absent.
 * @throws JobYamlError at the key for a keyword that is refused or unknown, with the nearest known one.
 */
export function readMap(node: YamlNode, what: string, table: KeywordTable, wanted?: string): Map<string, YamlNode> {
  const values = new Map<string, YamlNode>();
  for (const [key, { keyAt, value }] of requireMap(node, what, wanted).entries) {
    const reason = table.refused?.[key];
    if (reason !== undefined) throw new JobYamlError(keyAt, `\`${key}\` in ${what} is not supported: ${reason}`);
    if (!table.known.includes(key)) {
      const names = [...table.known, ...Object.keys(table.refused ?? {})];
      throw new JobYamlError(keyAt, `\`${key}\` in ${what} is not a known keyword${didYouMean(key, names)}`);
    }
    if (!isNothing(value)) values.set(key, value);
  }
  return values;
}
