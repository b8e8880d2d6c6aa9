import type { MapEntry, MapNode } from './yaml-node.ts';

/** `over` laid over `base`: maps are merged to any depth, everything else is replaced. */
export function mergeMaps(base: MapNode, over: MapNode): MapNode {
  const entries = new Map<string, MapEntry>(base.entries);
  for (const [key, entry] of over.entries) {
    const below = base.entries.get(key)?.value;
    const merged = below?.kind === 'map' && entry.value.kind === 'map' ? mergeMaps(below, entry.value) : entry.value;
    entries.set(key, { keyAt: entry.keyAt, value: merged });
  }
  return { kind: 'map', at: over.at, entries };
}
