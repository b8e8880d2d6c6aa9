import { JobYamlError, type Place } from '../job-yaml-error.ts';
import { defaultKeywords, globalKeywords, jobKeywords, oldDefaults } from '../keywords/job-keywords.ts';
import { readRules, type Rule } from '../keywords/read-rules.ts';
import { readStages } from '../keywords/read-stages.ts';
import { readVariables } from '../payload/read-variables.ts';
import { didYouMean, nearestName } from '../yaml/nearest-name.ts';
import { parseYaml } from '../yaml/parse-yaml.ts';
import { readMap, requireMap } from '../yaml/read-map.ts';
import { isNothing, readString } from '../yaml/read-value.ts';
import { resolveExtends } from '../yaml/resolve-extends.ts';
import { resolveReferences } from '../yaml/resolve-references.ts';
import { describeNode, type MapEntry, type MapNode, type YamlNode } from '../yaml/yaml-node.ts';
import type { FileDefinition, JobDefinition } from './job-definition.ts';
import { readJob } from './read-job.ts';

/** Keywords that change nothing here, with the reason. */
const withoutEffect: Readonly<Record<string, string>> = {
  coverage: 'the coverage is not computed',
  interruptible: 'nothing cancels running pipelines',
};

/**
 * Reads a whole job file: `extends` first, then `!reference`, then every keyword.
 * @throws JobYamlError at the first thing that is wrong.
 */
export function readFile(file: { path: string; text: string }, refProtected: boolean): FileDefinition {
  const root = resolveExtends(parseYaml(file.text, file.path), globalKeywords.known);
  const globals = readGlobals(root);
  const stages = readStages(globals.get('stages'));
  const defaults = readDefaults(root, globals);
  const warnings: { at: Place; sentence: string }[] = [];
  const jobs: JobDefinition[] = [];
  for (const [name, entry] of root.entries) {
    if (isGlobal(name) || name.startsWith('.')) continue;
    const values = readJobValues(root, name, entry);
    for (const [keyword, node] of values) {
      const reason = withoutEffect[keyword];
      if (reason !== undefined)
        warnings.push({ at: node.at, sentence: `\`${keyword}\` has no effect here: ${reason}` });
    }
    const inherited = new Map([...defaults, ...values]);
    jobs.push(readJob({ name, at: entry.keyAt, values: inherited, stages, refProtected }));
  }
  const variables = globals.get('variables');
  return {
    stages,
    variables: variables === undefined ? new Map() : readVariables(variables, '`variables`', 'global'),
    workflowRules: readWorkflow(globals.get('workflow')),
    jobs,
    warnings,
  };
}

function isGlobal(name: string): boolean {
  return globalKeywords.known.includes(name) || name in (globalKeywords.refused ?? {});
}

function readGlobals(root: MapNode): Map<string, YamlNode> {
  const globals = new Map<string, YamlNode>();
  for (const [name, { keyAt, value }] of root.entries) {
    const reason = globalKeywords.refused?.[name];
    if (reason !== undefined) throw new JobYamlError(keyAt, `\`${name}\` is not supported: ${reason}`);
    if (isGlobal(name) && !isNothing(value)) globals.set(name, resolveReferences(root, value));
  }
  return globals;
}

/** `default`, and the old global keywords that mean the same. */
function readDefaults(root: MapNode, globals: ReadonlyMap<string, YamlNode>): Map<string, YamlNode> {
  const node = globals.get('default');
  const defaults = node === undefined ? new Map<string, YamlNode>() : readMap(node, '`default`', defaultKeywords);
  for (const keyword of oldDefaults) {
    const value = globals.get(keyword);
    if (value === undefined) continue;
    if (defaults.has(keyword)) {
      const at = root.entries.get(keyword)?.keyAt ?? value.at;
      throw new JobYamlError(at, `\`${keyword}\` is both a global keyword and in \`default\`; keep one`);
    }
    defaults.set(keyword, value);
  }
  return defaults;
}

function readJobValues(root: MapNode, name: string, entry: MapEntry): Map<string, YamlNode> {
  const globalNames = [...globalKeywords.known, ...Object.keys(globalKeywords.refused ?? {})];
  if (entry.value.kind !== 'map') {
    const hint = didYouMean(name, globalNames);
    const sentence = `\`${name}\` is neither a global keyword nor a job: a job is a map, this is ${describeNode(entry.value)}${hint}`;
    throw new JobYamlError(entry.keyAt, sentence);
  }
  const job = resolveReferences(root, entry.value);
  const isJob = requireMap(job, `job \`${name}\``).entries.has('script');
  const nearest = isJob ? undefined : nearestName(name, globalNames);
  if (nearest !== undefined && !hasJobKeyword(entry.value)) {
    throw new JobYamlError(entry.keyAt, `\`${name}\` is not a known global keyword; did you mean \`${nearest}\`?`);
  }
  return readMap(job, `job \`${name}\``, jobKeywords);
}

function hasJobKeyword(job: MapNode): boolean {
  return [...job.entries.keys()].some((key) => jobKeywords.known.includes(key));
}

function readWorkflow(node: YamlNode | undefined): Rule[] | undefined {
  if (node === undefined) return undefined;
  const values = readMap(node, '`workflow`', {
    known: ['rules', 'name'],
    refused: { auto_cancel: 'nothing cancels running pipelines here' },
  });
  const name = values.get('name');
  if (name !== undefined) readString(name, '`name` of `workflow`');
  const rules = values.get('rules');
  return rules === undefined ? undefined : readRules(rules, '`rules` of `workflow`', 'workflow');
}
