import { parseTOML, type AST } from 'toml-eslint-parser';
import { UsageError } from '../../common/errors/usage-error.ts';
import { isTable, parseToml, type TomlTable } from '../check/parse-toml.ts';
import { formatListEntry, formatValue } from './format-toml.ts';

/** A config text that cannot be edited without touching what is not ours. */
export class ConfigEditError extends UsageError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigEditError';
  }
}

const FRESH_FILE = 'concurrent = 1\ncheck_interval = 0\n';

/**
 * Adds a `[[runners]]` block at the end; every byte before it stays. A text without any key also gets `concurrent = 1`.
 * Throws TomlSyntaxError or ConfigEditError.
 */
export function appendRunner(text: string, entry: TomlTable): string {
  const { values } = parseToml(text);
  assertBlocks(text);
  const eol = lineEnd(text);
  const fresh = Object.keys(values).length === 0 ? FRESH_FILE : '';
  const kept = text === '' || text.endsWith('\n') ? text : text + eol;
  const blank = kept === '' && fresh === '' ? '' : '\n';
  const added = `${fresh}${blank}${formatListEntry(['runners'], entry)}`;
  return verified(kept + added.replaceAll('\n', eol), countRunners(values) + 1);
}

/** Removes the `[[runners]]` block at `index` and the blank line above it; everything else stays. */
export function removeRunner(text: string, index: number): string {
  const before = countRunners(parseToml(text).values);
  assertBlocks(text);
  const tables = topLevel(text).filter((node) => node.type === 'TOMLTable');
  let edited = text;
  for (const [position, table] of [...tables.entries()].toReversed()) {
    if (!isPartOf(table, index)) continue;
    const next = tables[position + 1];
    const joined = next !== undefined && isPartOf(next, index);
    const start = lineStart(text, table.range[0]);
    const end = joined ? lineStart(text, next.range[0]) : afterLine(text, endOf(table));
    edited = edited.slice(0, blankLineBefore(text, start)) + edited.slice(end);
  }
  return verified(edited, before - 1);
}

/** Sets one plain key of the `[[runners]]` block at `index`: a new value in the old one's place, or a new line in the block. */
export function setRunnerKey(text: string, index: number, key: string, value: unknown): string {
  const { values } = parseToml(text);
  assertBlocks(text);
  const table = topLevel(text).find(
    (node): node is AST.TOMLTable =>
      node.type === 'TOMLTable' && node.resolvedKey.length === 2 && isPartOf(node, index),
  );
  if (table === undefined) throw new ConfigEditError(`the config file has no [[runners]] entry number ${index + 1}`);
  const pair = table.body.find((node) => isNamed(node.key, key));
  if (pair !== undefined) {
    const [start, end] = pair.value.range;
    return verified(text.slice(0, start) + formatValue(value) + text.slice(end), countRunners(values));
  }
  const last = table.body.at(-1);
  const margin = last === undefined ? '  ' : text.slice(lineStart(text, last.range[0]), last.range[0]);
  const at = afterLine(text, endOf(table));
  const eol = lineEnd(text);
  const line = `${text.slice(0, at).endsWith('\n') ? '' : eol}${margin}${key} = ${formatValue(value)}${eol}`;
  return verified(text.slice(0, at) + line + text.slice(at), countRunners(values));
}

/** Entries written as `runners = [...]` have no blocks that could be added or taken away. */
function assertBlocks(text: string): void {
  const inline = topLevel(text).find((node) => node.type === 'TOMLKeyValue' && isNamed(node.key, 'runners'));
  if (inline === undefined) return;
  throw new ConfigEditError(
    `line ${inline.loc.start.line}: entries written as "runners = [...]" cannot be edited; write them as [[runners]] blocks`,
  );
}

function topLevel(text: string): (AST.TOMLKeyValue | AST.TOMLTable)[] {
  return parseTOML(text).body[0].body;
}

function isPartOf(table: AST.TOMLTable, index: number): boolean {
  return table.resolvedKey[0] === 'runners' && table.resolvedKey[1] === index;
}

function isNamed({ keys: [first, ...more] }: AST.TOMLKey, name: string): boolean {
  return more.length === 0 && first !== undefined && (first.type === 'TOMLBare' ? first.name : first.value) === name;
}

function endOf(table: AST.TOMLTable): number {
  return table.body.at(-1)?.range[1] ?? table.key.range[1];
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

function afterLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}

/** The start of the blank line that ends right before `offset`, or `offset` itself. */
function blankLineBefore(text: string, offset: number): number {
  const above = lineStart(text, offset - 1);
  return above < offset && text.slice(above, offset).trim() === '' ? above : offset;
}

function lineEnd(text: string): string {
  return /\r\n/.test(text) ? '\r\n' : '\n';
}

function countRunners(values: TomlTable): number {
  const { runners } = values;
  return Array.isArray(runners) ? runners.filter(isTable).length : 0;
}

/** An edit that made another file than it should is never written. */
function verified(text: string, runners: number): string {
  const found = countRunners(parseToml(text).values);
  if (found !== runners) throw new ConfigEditError(`the edit would leave ${found} runners instead of ${runners}`);
  return text;
}
