import { InvalidArgumentError } from 'commander';
import { parse } from 'toml';
import { parseDuration } from '../../common/duration.ts';
import { isTable } from '../../config/check/parse-toml.ts';
import type { FieldKind } from '../../config/schema/fields.ts';

type FieldParser = (text: string, previous: unknown) => unknown;

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False', '']);

/** A switch as Go reads it. */
export function parseFlag(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new InvalidArgumentError('It must be true or false.');
}

/** A whole number. */
export function parseInteger(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** How the text of an option becomes the value of its key. Lists and tables grow with every repetition. */
export function fieldParser(kind: FieldKind): FieldParser {
  return PARSERS[kind];
}

const PARSERS: Readonly<Record<FieldKind, FieldParser>> = {
  text: (text) => text,
  flag: parseFlag,
  number: parseInteger,
  duration: (text) => {
    if (parseDuration(text) === undefined)
      throw new InvalidArgumentError('It must be a duration such as 90s or 1h30m.');
    return text;
  },
  last: (text) => [text],
  list: (text, previous) => [...(Array.isArray(previous) ? previous : []), ...parseList(text)],
  map: (text, previous) => ({ ...tableOrNone(previous), ...parsePairs(text, ['=']) }),
  switches: (text, previous) => {
    const pairs = text.startsWith('{') ? [text] : text.split(',');
    const read = pairs.flatMap((pair) => Object.entries(parsePairs(pair, [':', '='])));
    return { ...tableOrNone(previous), ...Object.fromEntries(read.map(([name, value]) => [name, parseFlag(value)])) };
  },
};

/** One item, or several as a JSON list: an environment variable cannot be repeated. */
function parseList(text: string): string[] {
  if (!text.startsWith('["')) return [text];
  try {
    const items: unknown = JSON.parse(text);
    return Array.isArray(items) ? items.map(String) : [text];
  } catch {
    return [text];
  }
}

/** `name=value`, a JSON object or an inline TOML table. */
function parsePairs(text: string, separators: readonly string[]): Record<string, string> {
  if (text.startsWith('{')) return parseTable(text);
  const at = Math.min(...separators.map((separator) => text.indexOf(separator)).filter((index) => index > 0));
  if (!Number.isFinite(at))
    throw new InvalidArgumentError(`It must be NAME${separators[0]}VALUE, a JSON object or a TOML table.`);
  return { [text.slice(0, at).trim()]: text.slice(at + 1).trim() };
}

function parseTable(text: string): Record<string, string> {
  for (const read of [readJson, readToml]) {
    const table = read(text);
    if (isTable(table)) return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, String(value)]));
  }
  throw new InvalidArgumentError('It must be a JSON object or a TOML table.');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readToml(text: string): unknown {
  try {
    return parse(`table = ${text}`).table;
  } catch {
    return undefined;
  }
}

function tableOrNone(value: unknown): Record<string, unknown> {
  return isTable(value) ? value : {};
}
