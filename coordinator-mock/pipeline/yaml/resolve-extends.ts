import { JobYamlError } from '../job-yaml-error.ts';
import { mergeMaps } from './merge-maps.ts';
import { didYouMean } from './nearest-name.ts';
import { isNothing, readStrings, type PlacedText } from './read-value.ts';
import { describeNode, type MapEntry, type MapNode } from './yaml-node.ts';

/** GitLab's own limit. */
const maxDepth = 11;

/**
 * The file with every `extends` carried out: parents in order, the job itself over them.
 * `globalNames` are the top-level keywords that are no jobs and are left as they are.
 * @throws JobYamlError for a parent that does not exist or is no map, and for a cycle (with its chain).
 */
export function resolveExtends(root: MapNode, globalNames: readonly string[]): MapNode {
  const run = { root, done: new Map<string, MapNode>() };
  const entries = new Map<string, MapEntry>();
  for (const [name, { keyAt, value }] of root.entries) {
    const isJob = value.kind === 'map' && !globalNames.includes(name);
    entries.set(name, { keyAt, value: isJob ? extendJob(run, name, value, [name]) : value });
  }
  return { ...root, entries };
}

interface Run {
  readonly root: MapNode;
  /** Jobs whose parents are merged in. */
  readonly done: Map<string, MapNode>;
}

/** `chain` is how the job was reached, ending with its own name. */
function extendJob(run: Run, name: string, job: MapNode, chain: readonly string[]): MapNode {
  const finished = run.done.get(name);
  if (finished !== undefined) return finished;
  const value = job.entries.get('extends')?.value;
  if (value === undefined || isNothing(value)) return job;
  if (chain.length > maxDepth) throw new JobYamlError(value.at, `\`extends\` goes deeper than ${maxDepth} levels`);
  const parents = readStrings(value, `\`extends\` of \`${name}\``, 'or-one').map((parent) => {
    const next = [...chain, parent.text];
    if (!chain.includes(parent.text)) return extendJob(run, parent.text, findParent(run.root, name, parent), next);
    const circle = next.slice(next.indexOf(parent.text)).join(' -> ');
    throw new JobYamlError(parent.at, `\`extends\` goes in a circle: ${circle}`);
  });
  const merged = [...parents, job].reduce((base, over) => mergeMaps(base, over));
  const entries = new Map(merged.entries);
  entries.delete('extends');
  const result: MapNode = { ...merged, entries };
  run.done.set(name, result);
  return result;
}

function findParent(root: MapNode, name: string, { text, at }: PlacedText): MapNode {
  const parent = root.entries.get(text)?.value;
  if (parent?.kind === 'map') return parent;
  const problem =
    parent === undefined
      ? `which does not exist${didYouMean(text, root.entries.keys())}`
      : `which is ${describeNode(parent)}, not a job`;
  throw new JobYamlError(at, `\`${name}\` extends \`${text}\`, ${problem}`);
}
