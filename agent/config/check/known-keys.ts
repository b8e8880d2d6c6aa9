import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { configSchema } from '../schema.ts';
import type { TomlPath } from './toml-positions.ts';

type AnySchema = z.core.$ZodType;

/** The keys that the table at `path` of the config file may have; empty when it may have any. */
export function knownKeys(path: TomlPath): readonly string[] {
  let shape = shapeOf(configSchema);
  for (const part of path) {
    if (typeof part === 'number') continue;
    const next = shape[part];
    if (next === undefined) return [];
    shape = shapeOf(next);
  }
  return Object.keys(shape);
}

function shapeOf(schema: AnySchema): Readonly<Record<string, AnySchema>> {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (schema instanceof z.ZodArray) return shapeOf(schema.element);
  if (schema instanceof z.ZodPipe) return shapeOf(schema.in);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return shapeOf(schema.def.innerType);
  return {};
}

/** The known name that is spelled most like `name`, when one is near enough to be meant. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(name, known);
  const far = Math.max(2, Math.floor(name.length / 3));
  return distance(name.toLowerCase(), nearest.toLowerCase()) <= far ? nearest : undefined;
}
