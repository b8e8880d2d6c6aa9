import { globalKeywords } from '../keywords/job-keywords.ts';
import { readStages } from '../keywords/read-stages.ts';
import { readWorkflow } from '../keywords/read-workflow.ts';
import { readVariables } from '../payload/read-variables.ts';
import { parseYaml } from '../yaml/parse-yaml.ts';
import { resolveExtends } from '../yaml/resolve-extends.ts';
import type { MapNode, YamlNode } from '../yaml/yaml-node.ts';
import { findNeedWarnings, findPagesWarning, findWarnings } from '../jobs/find-warnings.ts';
import type { FileDefinition, JobDefinition } from '../jobs/job-definition.ts';
import { globalNames, readGlobals, readOwnValues } from './read-entries.ts';
import { readDefaults } from './read-defaults.ts';
import { readJob } from './read-job.ts';

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

/** Reads the defaults as a job of their own, so that a mistake in one that no job takes over is found as well. */
function checkDefaults({ at }: MapNode, defaults: ReadonlyMap<string, YamlNode>): void {
  const script: YamlNode = { kind: 'scalar', at, value: 'true', source: 'true' };
  const values = new Map([...defaults, ['script', script] as const]);
  readJob({ name: 'default', title: '`default`', at, values, stages: ['test'], refProtected: false });
}
