import { parseCondition, type Condition } from '../conditions/parse-condition.ts';
import { ConditionError } from '../conditions/tokenize-condition.ts';
import { JobYamlError, type Place } from '../job-yaml-error.ts';
import type { JobWhen } from '../pipeline.ts';
import { readVariables, type YamlVariable } from '../payload/read-variables.ts';
import { readMap, type KeywordTable } from '../yaml/read-map.ts';
import { readBoolean, readList, readString, wrongType } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import { readNeeds, type WrittenNeed } from './read-needs.ts';
import { readWhen } from './read-when.ts';

/** One item of `rules`. What is undefined is left as the job says. */
export interface Rule {
  /** Undefined: the rule always matches. */
  readonly condition: { readonly parsed: Condition; readonly at: Place } | undefined;
  readonly when: JobWhen | 'never' | undefined;
  readonly allowFailure: boolean | undefined;
  readonly variables: ReadonlyMap<string, YamlVariable>;
  readonly needs: readonly WrittenNeed[] | undefined;
}

const noFiles = 'the pipeline is made from the job file alone, without a look at the repository';
const ruleRefusals = { changes: noFiles, exists: noFiles, start_in: 'there is no clock that starts jobs later' };
const keywords = {
  job: {
    known: ['if', 'when', 'allow_failure', 'variables', 'needs', 'interruptible'],
    refused: { ...ruleRefusals, auto_cancel: 'it belongs to `workflow: rules`' },
  },
  workflow: {
    known: ['if', 'when', 'variables'],
    refused: { ...ruleRefusals, auto_cancel: 'nothing cancels running pipelines here' },
  },
} satisfies Record<string, KeywordTable>;

/** GitLab's own limit for lists in lists, which `!reference` makes. */
const maxDepth = 10;

/** `rules` of a job or of `workflow`; lists in the list are laid flat. */
export function readRules(node: YamlNode, what: string, owner: keyof typeof keywords): Rule[] {
  return flatten(readList(node, what, 'a list of rules'), what, 0).map((item) => readRule(item, what, owner));
}

function flatten(node: YamlNode, what: string, depth: number): YamlNode[] {
  if (node.kind !== 'list') return [node];
  if (depth > maxDepth) throw wrongType(node, what, `a list no deeper than ${maxDepth} levels`);
  return node.items.flatMap((item) => flatten(item, what, depth + 1));
}

function readRule(node: YamlNode, rulesName: string, owner: keyof typeof keywords): Rule {
  const what = `a rule in ${rulesName}`;
  const values = readMap(node, what, keywords[owner], 'a map');
  if (values.size === 0) throw wrongType(node, what, 'a map with `if` or `when`');
  const get = <Value>(name: string, read: (value: YamlNode, what: string) => Value): Value | undefined => {
    const value = values.get(name);
    return value === undefined ? undefined : read(value, `\`${name}\` of ${what}`);
  };
  get('interruptible', readBoolean);
  const when = get('when', (value, name) => readWhen(value, name));
  const whenNode = values.get('when');
  if (owner === 'workflow' && when !== undefined && when !== 'always' && when !== 'never' && whenNode !== undefined) {
    throw wrongType(whenNode, `\`when\` of ${what}`, 'always or never');
  }
  return {
    condition: get('if', readCondition),
    when,
    allowFailure: get('allow_failure', readBoolean),
    variables: get('variables', (value, name) => readVariables(value, name, 'job')) ?? new Map(),
    needs: get('needs', readNeeds),
  };
}

function readCondition(node: YamlNode, what: string): { parsed: Condition; at: Place } {
  const text = readString(node, what);
  try {
    return { parsed: parseCondition(text), at: node.at };
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    throw new JobYamlError(node.at, `${what} is not a condition: ${error.message}`, { cause: error });
  }
}
