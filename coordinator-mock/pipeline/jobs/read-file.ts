import { JobYamlError } from '../job-yaml-error.ts';
import { globalKeywords, jobKeywords } from '../keywords/job-keywords.ts';
import { readStages } from '../keywords/read-stages.ts';
import { readWorkflow } from '../keywords/read-workflow.ts';
import { readVariables } from '../payload/read-variables.ts';
import { didYouMean, nearestName } from '../yaml/nearest-name.ts';
import { parseYaml } from '../yaml/parse-yaml.ts';
import { allNames, readMap, refusalOf } from '../yaml/read-map.ts';
import { isNothing } from '../yaml/read-value.ts';
import { resolveExtends } from '../yaml/resolve-extends.ts';
import { resolveReferences } from '../yaml/resolve-references.ts';
import { describeNode, type MapEntry, type MapNode, type YamlNode } from '../yaml/yaml-node.ts';
import { findNeedWarnings, findPagesWarning, findWarnings } from './find-warnings.ts';
import type { FileDefinition, JobDefinition } from './job-definition.ts';
import { readDefaults } from './read-defaults.ts';
import { readJob } from './read-job.ts';

const globalNames = allNames(globalKeywords);
const jobKeywordNames = allNames(jobKeywords);

/**
 * Reads a whole job file: `extends` first, then `!reference`, then every keyword. Hidden jobs (`.name`) are material for
 * these two and not read themselves.
 * @throws JobYamlError at the first thing that is wrong.
 */
export function readFile(file: { path: string; text: string }, refProtected: boolean): FileDefinition {
  const root = resolveExtends(parseYaml(file.text, file.path), globalKeywords.known);
  const globals = readGlobals(root);
  const stages = readStages(globals.get('stages'));
  const defaults = readDefaults(root, globals);
  checkDefaults(root, defaults);
  const variables = globals.get('variables');
  const workflow = globals.get('workflow');
  const warnings = findWarnings(defaults);
  const jobs: JobDefinition[] = [];
  for (const [name, entry] of root.entries) {
    if (globalNames.includes(name) || name.startsWith('.')) continue;
    const own = readOwnValues(root, name, entry);
    const values = new Map([...defaults, ...own]);
    warnings.push(...findWarnings(own), ...findPagesWarning(name, entry.keyAt));
    jobs.push(readJob({ name, title: `job \`${name}\``, at: entry.keyAt, values, stages, refProtected }));
  }
  return {
    stages,
    variables: variables === undefined ? new Map() : readVariables(variables, '`variables`', 'global'),
    workflowRules: workflow === undefined ? undefined : readWorkflow(workflow),
    jobs,
    warnings: [...warnings, ...findNeedWarnings(jobs)],
  };
}

function readGlobals(root: MapNode): Map<string, YamlNode> {
  const globals = new Map<string, YamlNode>();
  for (const [name, { keyAt, value }] of root.entries) {
    const reason = refusalOf(globalKeywords, name);
    if (reason !== undefined) throw new JobYamlError(keyAt, `\`${name}\` is not supported: ${reason}`);
    if (globalNames.includes(name) && !isNothing(value)) globals.set(name, resolveReferences(root, value));
  }
  return globals;
}

/** Reads the defaults as a job of their own, so that a mistake in one that no job takes over is found as well. */
function checkDefaults({ at }: MapNode, defaults: ReadonlyMap<string, YamlNode>): void {
  const script: YamlNode = { kind: 'scalar', at, value: 'true', source: 'true' };
  const values = new Map([...defaults, ['script', script] as const]);
  readJob({ name: 'default', title: '`default`', at, values, stages: ['test'], refProtected: false });
}

/** A job's own keywords. Whatever is no job gets a sentence about what it may have been meant to be. */
function readOwnValues(root: MapNode, name: string, { keyAt, value }: MapEntry): Map<string, YamlNode> {
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
