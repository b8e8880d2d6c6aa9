import { z } from 'zod';
import { parseByteSize } from '../../common/byte-size.ts';
import { parseDuration } from '../../common/duration.ts';

const kinds = ['text', 'list', 'last', 'map', 'switches', 'number', 'flag', 'duration'] as const;

/** How a key is given on a command line: one word, a repeatable word, `NAME=value` pairs, a number or a switch. */
export type FieldKind = (typeof kinds)[number];

/** What `fieldOf` tells about a key. */
export interface Field {
  readonly kind: FieldKind;
  readonly description: string;
}

function field<T extends z.ZodType>(schema: T, kind: FieldKind, description: string): T {
  return schema.meta({ kind, description });
}

/** The kind and description that a key's schema was declared with; undefined for sub-tables. */
export function fieldOf(schema: z.ZodType): Field | undefined {
  const meta = schema.meta();
  const kind = kinds.find((known) => known === meta?.['kind']);
  return kind === undefined ? undefined : { kind, description: meta?.description ?? '' };
}

/** A string; the empty string counts as absent, as the peer has it. */
export function text(description: string) {
  const schema = z
    .string()
    .transform((value) => (value === '' ? undefined : value))
    .optional();
  return field(schema, 'text', description);
}

/** A string with a default that also replaces the empty string. */
export function textOr(fallback: string, description: string) {
  const schema = z
    .string()
    .transform((value) => (value === '' ? fallback : value))
    .default(fallback);
  return field(schema, 'text', description);
}

/** A switch that is off when absent. */
export function flag(description: string, fallback = false) {
  return field(z.boolean().default(fallback), 'flag', description);
}

/** A switch that may be on, off or unsaid. */
export function optionalFlag(description: string) {
  return field(z.boolean().optional(), 'flag', description);
}

/** A whole number, taken as it is. */
export function integer(description: string, fallback = 0) {
  return field(z.int().default(fallback), 'number', description);
}

/** A whole number that may be absent. */
export function optionalInteger(description: string) {
  return field(z.int().optional(), 'number', description);
}

/** A whole number; zero and less mean the default. */
export function positive(fallback: number, description: string) {
  const schema = z
    .int()
    .transform((value) => (value > 0 ? value : fallback))
    .default(fallback);
  return field(schema, 'number', description);
}

/** A list of strings; absent means empty. */
export function list(description: string) {
  return field(z.array(z.string()).default([]), 'list', description);
}

/** A string or a list of strings, kept as a list. The command line takes one value. */
export function oneOrMany(fallback: readonly string[], description: string) {
  const many = z.union([z.string().transform((value) => [value]), z.array(z.string())], {
    error: 'a string or a list of strings',
  });
  const schema = many.transform((values) => (values.length > 0 ? values : [...fallback])).default([...fallback]);
  return field(schema, 'last', description);
}

/** A table of strings; absent means empty. */
export function map(description: string) {
  return field(z.record(z.string(), z.string()).default({}), 'map', description);
}

/** A table of switches; absent means empty. */
export function switches(description: string) {
  return field(z.record(z.string(), z.boolean()).default({}), 'switches', description);
}

const NANOSECONDS_PER_MS = 1_000_000;

const durationText = 'a duration such as "90s" or "1h30m"';

function durationValue() {
  const words = z.string().transform((value, context) => {
    const ms = parseDuration(value);
    if (ms === undefined) context.addIssue({ code: 'custom', message: durationText });
    return ms ?? 0;
  });
  const nanoseconds = z.int().transform((value) => value / NANOSECONDS_PER_MS);
  return z.union([words, nanoseconds], { error: durationText });
}

/** A Go duration (`90s`, `1h30m`; a bare number counts nanoseconds), kept in milliseconds. */
export function duration(description: string) {
  return field(durationValue().optional(), 'duration', description);
}

/** A Go duration with a default in milliseconds. */
export function durationOr(fallbackMs: number, description: string) {
  return field(durationValue().default(fallbackMs), 'duration', description);
}

const sizeText = 'a size such as "512m" or "2g"';

/** Bytes, as a number or in the engine's notation (`512m`, `2g`); zero and less mean the default. */
export function sizeOr(fallback: number, description: string) {
  const words = z.string().transform((value, context) => {
    const bytes = parseByteSize(value);
    if (bytes === undefined) context.addIssue({ code: 'custom', message: sizeText });
    return bytes ?? 0;
  });
  const schema = z.union([words, z.int()], { error: sizeText }).transform((bytes) => (bytes > 0 ? bytes : fallback));
  return field(schema.default(fallback), 'text', description);
}

/** A point in time; TOML dates and ISO strings both do. */
export function instant(description: string) {
  const schema = z
    .union([z.date(), z.string().transform((value) => new Date(value))], { error: 'a date and time' })
    .optional();
  return field(schema, 'text', description);
}

/** A table whose content is not ours to check: settings of executors that this agent does not have. */
export function opaque() {
  return z.unknown().optional();
}
