import { isTable, type TomlTable } from '../check/parse-toml.ts';

const BARE_KEY = /^[A-Za-z0-9_-]+$/;
const INDENT = '  ';

/** One TOML value on one line. Dates are written in UTC and whole seconds. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return formatString(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString().replace(/\.\d+Z$/, 'Z');
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`;
  if (isTable(value)) {
    const pairs = Object.entries(value).map(([key, inner]) => `${formatKey(key)} = ${formatValue(inner)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  throw new TypeError(`TOML has no form for a value of type ${typeof value}`);
}

/** A table of a list of tables, `[[name]]`, with the tables inside it, indented as the peer does it. Ends with a newline. */
export function formatListEntry(path: readonly string[], table: TomlTable): string {
  const margin = INDENT.repeat(path.length - 1);
  return [`${margin}[[${path.map(formatKey).join('.')}]]`, ...bodyOf(path, table)].map((line) => `${line}\n`).join('');
}

function bodyOf(path: readonly string[], table: TomlTable): string[] {
  const entries = Object.entries(table).filter(([, value]) => value !== undefined);
  const margin = INDENT.repeat(path.length);
  const plain = entries.filter(([, value]) => !isTable(value) && !isTableList(value));
  const nested = entries.filter(([, value]) => isTable(value) || isTableList(value));
  return [
    ...plain.map(([key, value]) => `${margin}${formatKey(key)} = ${formatValue(value)}`),
    ...nested.flatMap(([key, value]) => nestedLines([...path, key], value)),
  ];
}

function nestedLines(path: readonly string[], value: unknown): string[] {
  const name = path.map(formatKey).join('.');
  const margin = INDENT.repeat(path.length - 1);
  if (isTable(value)) return [`${margin}[${name}]`, ...bodyOf(path, value)];
  return isTableList(value) ? value.flatMap((item) => [`${margin}[[${name}]]`, ...bodyOf(path, item)]) : [];
}

function isTableList(value: unknown): value is TomlTable[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

function formatKey(key: string): string {
  return BARE_KEY.test(key) ? key : formatString(key);
}

/** A JSON string is a TOML basic string but for DEL, which TOML wants escaped, and for half surrogates, which it does not know. */
function formatString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007F', '\\u007F');
}
