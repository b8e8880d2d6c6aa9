import { z } from 'zod';
import { keyPath } from './registry-path.ts';
import { parseAuthEntry, type Secret } from './parse-auth-entry.ts';

/** A key of `auths`; without a secret it only says that a store has one. */
export interface StaticKey {
  readonly key: string;
  readonly path: string | undefined;
  readonly secret: Secret | undefined;
  /** Why the entry cannot be used; never a part of its value. */
  readonly problem: string | undefined;
}

/** A key of `credHelpers`. */
export interface HelperKey {
  readonly key: string;
  readonly path: string | undefined;
  readonly helper: string;
}

/** A docker config in parts, whatever of it could be read. */
export interface AuthConfig {
  readonly auths: readonly StaticKey[];
  readonly helpers: readonly HelperKey[];
  readonly store: string | undefined;
  /** What could not be read, in words for a warning; never content. */
  readonly problems: readonly string[];
}

const table = z.record(z.string(), z.unknown());
const helpersSchema = z.record(z.string(), z.string());
const sections = ['auths', 'credsStore', 'credHelpers'];

/** Reads config.json, or the flat form of `.dockercfg`. Never throws: a broken part costs itself. */
export function parseAuthConfig(text: string): AuthConfig {
  const problems: string[] = [];
  const content = parseTable(text, problems);
  const isFlat = !sections.some((section) => section in content) && Object.values(content).every(looksLikeEntry);
  const read = <T>(schema: z.ZodType<T>, section: string, expected: string): T | undefined => {
    const value = isFlat ? { auths: content }[section] : content[section];
    const result = schema.nullish().safeParse(value);
    if (!result.success) problems.push(`"${section}" is not ${expected}`);
    return result.data ?? undefined;
  };
  const auths = read(table, 'auths', 'a table of registries') ?? {};
  const helpers = read(helpersSchema, 'credHelpers', 'a table of registries and helper names') ?? {};
  const store = read(z.string(), 'credsStore', 'the name of a helper');
  return {
    auths: Object.entries(auths).map(([key, value]) => ({ key, path: keyPath(key), ...parseAuthEntry(value) })),
    helpers: Object.entries(helpers).map(([key, helper]) => ({ key, path: keyPath(key), helper })),
    store: store === '' ? undefined : store,
    problems,
  };
}

function parseTable(text: string, problems: string[]): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const result = table.safeParse(JSON.parse(text));
    if (result.success) return result.data;
    problems.push('the JSON is not an object');
  } catch (error) {
    // The parser's message quotes the text, which may be a secret.
    const place = /\(line \d+ column \d+\)|position \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    problems.push(`not valid JSON${place === undefined ? '' : ` ${place}`}`);
  }
  return {};
}

const looksLikeEntry = (value: unknown): boolean =>
  z.union([z.looseObject({ auth: z.string() }), z.looseObject({ username: z.string() })]).safeParse(value).success;
