import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type Node, type Pair, type Scalar } from 'yaml';
import { JobYamlError, type Place } from '../job-yaml-error.ts';
import type { ListNode, MapEntry, MapNode, ReferenceNode, ScalarNode, YamlNode } from './yaml-node.ts';

/** More values than this come from aliases that multiply each other, not from a person. */
const maxNodes = 200_000;

interface Conversion {
  readonly document: Document;
  readonly placeAt: (offset: number) => Place;
  /** Anchored values that are being converted; meeting one again is a loop. */
  readonly open: Set<Node>;
  count: number;
}

/** Turns a parsed document into nodes with places; aliases are replaced by what they stand for. */
export function convertDocument(document: Document.Parsed, placeAt: (offset: number) => Place): YamlNode {
  return convert({ document, placeAt, open: new Set(), count: 0 }, document.contents);
}

function convert(run: Conversion, node: unknown): YamlNode {
  if (isAlias(node)) {
    const target = node.resolve(run.document);
    const problem = target === undefined ? 'has no anchor above it' : 'stands inside its own anchor';
    if (target === undefined || run.open.has(target)) {
      throw new JobYamlError(placeOf(run, node), `the alias \`*${node.source}\` ${problem}`);
    }
    return convert(run, target);
  }
  const at = placeOf(run, node);
  run.count += 1;
  if (run.count > maxNodes) throw new JobYamlError(at, `more than ${maxNodes} values after following the aliases`);
  if (isScalar(node)) return convertScalar(node, at);
  if (!isMap(node) && !isSeq(node)) return emptyScalar(at);
  run.open.add(node);
  const converted = isSeq(node) ? convertList(run, node.items, node.tag, at) : convertMap(run, node.items, at);
  run.open.delete(node);
  return converted;
}

function convertScalar(node: Scalar, at: Place): ScalarNode {
  const source = node.source ?? String(node.value);
  const value = node.value;
  const known = value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  // YAML 1.1 also reads a bare y and n as booleans; GitLab's parser does not.
  const isLetter = typeof value === 'boolean' && /^[yn]$/i.test(source);
  return { kind: 'scalar', at, source, value: known && !isLetter ? value : source };
}

function convertList(run: Conversion, items: unknown[], tag: string | undefined, at: Place): ListNode | ReferenceNode {
  const converted = items.map((item) => convert(run, item));
  if (tag !== '!reference') return { kind: 'list', at, items: converted };
  const path = converted.map((item) => (item.kind === 'scalar' && item.value !== null ? item.source : undefined));
  if (path.length < 2 || path.includes(undefined)) {
    throw new JobYamlError(at, '`!reference` needs a list of at least two names, such as [job, script]');
  }
  return { kind: 'reference', at, path: path.filter((part) => part !== undefined) };
}

function convertMap(run: Conversion, pairs: readonly Pair[], at: Place): MapNode {
  const entries = new Map<string, MapEntry>();
  const written = new Map<string, Place>();
  for (const pair of pairs) {
    const { keyAt, key, isMerge } = convertKey(run, pair);
    if (isMerge) {
      for (const [name, entry] of mergedEntries(run, pair)) entries.set(name, entry);
      continue;
    }
    const earlier = written.get(key);
    if (earlier !== undefined) throw new JobYamlError(keyAt, `the key \`${key}\` is already in line ${earlier.line}`);
    written.set(key, keyAt);
    const value = pair.value === null ? emptyScalar(keyAt) : convert(run, pair.value);
    entries.set(key, { keyAt, value });
  }
  return { kind: 'map', at, entries };
}

function convertKey(run: Conversion, pair: Pair): { keyAt: Place; key: string; isMerge: boolean } {
  const node = isAlias(pair.key) ? pair.key.resolve(run.document) : pair.key;
  const keyAt = placeOf(run, pair.key);
  if (!isScalar(node)) throw new JobYamlError(keyAt, 'a key must be a plain word, not a list or a map');
  const key = node.source ?? String(node.value);
  return { keyAt, key, isMerge: key === '<<' && node.type === 'PLAIN' };
}

/** What `<<` brings in. As in GitLab, it replaces keys written above it; in a list of maps the first one wins. */
function mergedEntries(run: Conversion, pair: Pair): Iterable<[string, MapEntry]> {
  const source = convert(run, pair.value);
  const maps = source.kind === 'list' ? source.items.toReversed() : [source];
  const entries = new Map<string, MapEntry>();
  for (const map of maps) {
    if (map.kind !== 'map') throw new JobYamlError(map.at, '`<<` needs a map, or a list of maps');
    for (const [name, entry] of map.entries) entries.set(name, entry);
  }
  return entries;
}

function placeOf(run: Conversion, node: unknown): Place {
  return run.placeAt((isNode(node) ? node.range?.[0] : undefined) ?? 0);
}

function emptyScalar(at: Place): ScalarNode {
  return { kind: 'scalar', at, value: null, source: '' };
}
