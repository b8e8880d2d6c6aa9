import { JobYamlError } from '../job-yaml-error.ts';
import { didYouMean } from './nearest-name.ts';
import { isNothing, wrongType } from './read-value.ts';
import type { MapNode, YamlNode } from './yaml-node.ts';

/** The keywords of one map: the ones read, and the ones refused, each with the reason as the rest of a sentence. */
export interface KeywordTable {
  readonly known: readonly string[];
  readonly refused?: Readonly<Record<string, string>>;
}

/** Why a keyword is refused, if it is. */
export function refusalOf(table: KeywordTable, name: string): string | undefined {
  return table.refused !== undefined && Object.hasOwn(table.refused, name) ? table.refused[name] : undefined;
}

/** Every keyword of a table, refused ones included. */
export function allNames(table: KeywordTable): string[] {
  return [...table.known, ...Object.keys(table.refused ?? {})];
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
    const reason = refusalOf(table, key);
    if (reason !== undefined) throw new JobYamlError(keyAt, `\`${key}\` in ${what} is not supported: ${reason}`);
    if (!table.known.includes(key)) {
      throw new JobYamlError(keyAt, `\`${key}\` in ${what} is not a known keyword${didYouMean(key, allNames(table))}`);
    }
    if (!isNothing(value)) values.set(key, value);
  }
  return values;
}
