import { readMap } from '../yaml/read-map.ts';
import { readBoolean, readInteger, wrongType } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

export type AllowFailure = boolean | { readonly exitCodes: readonly number[] };

/** `allow_failure`: true, false, or the exit codes that are allowed. */
export function readAllowFailure(node: YamlNode, what: string): AllowFailure {
  if (node.kind === 'scalar') return readBoolean(node, what);
  const codes = readMap(node, what, { known: ['exit_codes'] }, 'true, false or a map').get('exit_codes');
  if (codes === undefined) throw wrongType(node, what, 'true, false or a map with `exit_codes`');
  return { exitCodes: readExitCodes(codes, `\`exit_codes\` of ${what}`) };
}

/** One exit code or a list of them. */
export function readExitCodes(node: YamlNode, what: string): number[] {
  if (node.kind !== 'list') return [readInteger(node, what, 0, 255)];
  if (node.items.length === 0) throw wrongType(node, what, 'at least one exit code');
  return node.items.map((item) => readInteger(item, what, 0, 255));
}
