import type { Place } from '../job-yaml-error.ts';

/** A string, number, boolean or null. `source` is the text as written. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: Place;
  readonly value: string | number | boolean | null;
  readonly source: string;
}

export interface ListNode {
  readonly kind: 'list';
  readonly at: Place;
  readonly items: readonly YamlNode[];
}

/** One `key: value` line; `keyAt` is where the key stands. */
export interface MapEntry {
  readonly keyAt: Place;
  readonly value: YamlNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly at: Place;
  readonly entries: ReadonlyMap<string, MapEntry>;
}

/** `!reference [job, keyword, ...]`, before it is resolved. */
export interface ReferenceNode {
  readonly kind: 'reference';
  readonly at: Place;
  readonly path: readonly string[];
}

/** A value of a job file that knows where it was written. */
export type YamlNode = ScalarNode | ListNode | MapNode | ReferenceNode;

/** What a value is, for error sentences: `a list`, `the number 3`. */
export function describeNode(node: YamlNode): string {
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : 'a list';
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'reference') return 'a !reference';
  if (node.value === null) return 'empty';
  return typeof node.value === 'string'
    ? `the string "${shorten(node.value)}"`
    : `the ${typeof node.value} ${node.source}`;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= 40 ? line : `${line.slice(0, 37)}...`;
}
