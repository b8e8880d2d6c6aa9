import { readMap, type KeywordTable } from '../yaml/read-map.ts';
import { readString } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import { readRules, type Rule } from './read-rules.ts';

const workflowKeywords: KeywordTable = {
  known: ['rules', 'name'],
  refused: { auto_cancel: 'nothing cancels running pipelines here' },
};

/** The rules that decide whether there is a pipeline; undefined: always. */
export function readWorkflow(node: YamlNode): Rule[] | undefined {
  const values = readMap(node, '`workflow`', workflowKeywords);
  const name = values.get('name');
  if (name !== undefined) readString(name, '`name` of `workflow`');
  const rules = values.get('rules');
  return rules === undefined ? undefined : readRules(rules, '`rules` of `workflow`', 'workflow');
}
