import { isObject } from '../http/request-body.ts';

/** `changes` over `base`: objects are merged key by key, everything else, lists too, takes the place of what was there. */
export function mergePayload(base: unknown, changes: unknown): unknown {
  if (!isObject(base) || !isObject(changes)) return changes;
  const merged = Object.entries(changes).map(([key, value]) => [
    key,
    Object.hasOwn(base, key) ? mergePayload(base[key], value) : value,
  ]);
  return { ...base, ...Object.fromEntries(merged) };
}
