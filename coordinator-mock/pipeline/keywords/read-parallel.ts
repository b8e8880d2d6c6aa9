import { readMap } from '../yaml/read-map.ts';
import { readInteger, wrongType } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** `parallel: N`, 1 to 200. */
export function readParallel(node: YamlNode, what: string): number {
  if (node.kind === 'map') {
    readMap(node, what, { known: [], refused: { matrix: 'write `parallel: N`, or one job per combination' } });
    throw wrongType(node, what, 'a whole number from 1 to 200');
  }
  return readInteger(node, what, 1, 200);
}
