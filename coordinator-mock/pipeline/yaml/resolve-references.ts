import { JobYamlError } from '../job-yaml-error.ts';
import { didYouMean } from './nearest-name.ts';
import type { MapEntry, MapNode, ReferenceNode, YamlNode } from './yaml-node.ts';

/** GitLab's own limit for references that lead to references. */
const maxDepth = 10;
/** More values than this come from references that multiply each other, not from a person. */
const maxNodes = 200_000;

/**
 * `node` with every `!reference` replaced by what it points at in `root`, a file whose `extends` are carried out.
 * @throws JobYamlError for a path that does not exist, and for a cycle (with its chain).
 */
export function resolveReferences(root: MapNode, node: YamlNode): YamlNode {
  let count = 0;
  const resolve = (current: YamlNode, chain: readonly string[]): YamlNode => {
    count += 1;
    if (count > maxNodes)
      throw new JobYamlError(current.at, `more than ${maxNodes} values after following \`!reference\``);
    if (current.kind === 'scalar') return current;
    if (current.kind === 'list') return { ...current, items: current.items.map((item) => resolve(item, chain)) };
    if (current.kind === 'reference') {
      const next = extendChain(current, chain);
      return resolve(lookUp(root, current), next);
    }
    const entries = new Map<string, MapEntry>();
    for (const [key, { keyAt, value }] of current.entries) entries.set(key, { keyAt, value: resolve(value, chain) });
    return { ...current, entries };
  };
  return resolve(node, []);
}

function extendChain(reference: ReferenceNode, chain: readonly string[]): readonly string[] {
  const step = `[${reference.path.join(', ')}]`;
  const next = [...chain, step];
  if (chain.includes(step))
    throw new JobYamlError(reference.at, `\`!reference\` goes in a circle: ${next.join(' -> ')}`);
  if (next.length > maxDepth)
    throw new JobYamlError(reference.at, `\`!reference\` goes deeper than ${maxDepth} levels`);
  return next;
}

function lookUp(root: MapNode, reference: ReferenceNode): YamlNode {
  let current: YamlNode = root;
  for (const part of reference.path) {
    const entry: MapEntry | undefined = current.kind === 'map' ? current.entries.get(part) : undefined;
    if (entry === undefined) {
      const hint = current.kind === 'map' ? didYouMean(part, current.entries.keys()) : '';
      throw new JobYamlError(
        reference.at,
        `\`!reference [${reference.path.join(', ')}]\`: there is no \`${part}\`${hint}`,
      );
    }
    current = entry.value;
  }
  return current;
}
