import { z } from 'zod';

const EXPECTED = 'a list of helper names, or a table of registries with such lists';

/**
 * Which credential helpers a job's own DOCKER_AUTH_CONFIG may have run: registry -> names without `docker-credential-`.
 * A plain list permits its helpers for every registry (`*`). Absent: none.
 */
export function allowedHelpers() {
  const everywhere = z.array(z.string()).transform((names): Record<string, string[]> => ({ '*': names }));
  const names = z.union([z.string().transform((name) => [name]), z.array(z.string())], { error: EXPECTED });
  return z.union([everywhere, z.record(z.string(), names)], { error: EXPECTED }).default({});
}

/** Joins what the entry and its docker table permit: the key may stand in either. */
export function joinAllowedHelpers(
  ...tables: readonly Readonly<Record<string, readonly string[]>>[]
): Record<string, readonly string[]> {
  const joined: Record<string, readonly string[]> = {};
  for (const [registry, names] of tables.flatMap((table) => Object.entries(table)))
    joined[registry] = [...(joined[registry] ?? []), ...names];
  return joined;
}
