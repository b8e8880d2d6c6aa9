import { JobYamlError } from '../job-yaml-error.ts';
import { globalKeywords, jobKeywords } from '../keywords/job-keywords.ts';
import { didYouMean, nearestName } from '../yaml/nearest-name.ts';
import { allNames, readMap, refusalOf } from '../yaml/read-map.ts';
import { isNothing } from '../yaml/read-value.ts';
import { resolveReferences } from '../yaml/resolve-references.ts';
import { describeNode, type MapEntry, type MapNode, type YamlNode } from '../yaml/yaml-node.ts';

/** Names at the top of a file that are no jobs. */
export const globalNames = allNames(globalKeywords);
const jobKeywordNames = allNames(jobKeywords);

/** The global keywords that are set. */
export function readGlobals(root: MapNode): Map<string, YamlNode> {
  const globals = new Map<string, YamlNode>();
  for (const [name, { keyAt, value }] of root.entries) {
    const reason = refusalOf(globalKeywords, name);
    if (reason !== undefined) throw new JobYamlError(keyAt, `\`${name}\` is not supported: ${reason}`);
    if (globalNames.includes(name) && !isNothing(value)) globals.set(name, resolveReferences(root, value));
  }
  return globals;
}

/** A job's own keywords. Whatever is no job gets a sentence about what it may have been meant to be. */
export function readOwnValues(root: MapNode, name: string, { keyAt, value }: MapEntry): Map<string, YamlNode> {
  if (name.trim() === '') throw new JobYamlError(keyAt, 'a job needs a name');
  if (value.kind !== 'map') {
    const problem = `is neither a global keyword nor a job: a job is a map, this is ${describeNode(value)}`;
    throw new JobYamlError(keyAt, `\`${name}\` ${problem}${didYouMean(name, globalNames)}`);
  }
  const nearest = nearestName(name, globalNames);
  const isJob = [...value.entries.keys()].some((key) => jobKeywordNames.includes(key));
  if (nearest !== undefined && !isJob) {
    throw new JobYamlError(keyAt, `\`${name}\` is not a known global keyword; did you mean \`${nearest}\`?`);
  }
  return readMap(resolveReferences(root, value), `job \`${name}\``, jobKeywords);
}
