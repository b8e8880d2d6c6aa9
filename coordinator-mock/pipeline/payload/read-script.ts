import { wrongType } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** GitLab's own limit for lists in lists. */
const maxDepth = 10;

/** The lines of a script: a string, or a list of strings and lists. */
export function readScript(node: YamlNode, what: string): string[] {
  return readLines(node, what, 0);
}

function readLines(node: YamlNode, what: string, depth: number): string[] {
  if (node.kind === 'scalar' && typeof node.value === 'string') return [node.value];
  if (node.kind === 'list' && depth <= maxDepth) {
    return node.items.flatMap((item, index) =>
      readLines(item, depth === 0 ? `line ${index + 1} of ${what}` : what, depth + 1),
    );
  }
  if (node.kind === 'list') throw wrongType(node, what, `a list no deeper than ${maxDepth} levels`);
  if (depth === 0) throw wrongType(node, what, 'a string or a list of strings');
  throw wrongType(node, what, 'a string (a line with ": " or a bare true, null or number needs quotes)');
}
