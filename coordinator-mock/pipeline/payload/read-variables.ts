import { JobYamlError } from '../job-yaml-error.ts';
import { readMap, requireMap, type KeywordTable } from '../yaml/read-map.ts';
import { isNothing, readBoolean, readString, readStrings, wrongType } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** A variable of the job file; `raw` (`expand: false`) keeps `$` in it as it is. */
export interface YamlVariable {
  readonly value: string;
  readonly raw: boolean;
}

export type VariableScope = 'global' | 'job' | 'service';

const globalOnly = 'it belongs to the `variables` of the whole file';
const keywords: Readonly<Record<VariableScope, KeywordTable>> = {
  global: { known: ['value', 'description', 'expand', 'options'] },
  job: { known: ['value', 'expand'], refused: { description: globalOnly, options: globalOnly } },
  service: { known: [] },
};

/** `variables` in the order of the file. Numbers stand as they are written; other types must be quoted. */
export function readVariables(node: YamlNode, what: string, scope: VariableScope): Map<string, YamlVariable> {
  const variables = new Map<string, YamlVariable>();
  for (const [key, { value }] of requireMap(node, what).entries) {
    const name = `\`${key}\` in ${what}`;
    const isMap = value.kind === 'map' && scope !== 'service';
    variables.set(key, isMap ? readVariableMap(value, name, scope) : { value: readValue(value, name), raw: false });
  }
  return variables;
}

function readVariableMap(node: YamlNode, what: string, scope: VariableScope): YamlVariable {
  const values = readMap(node, what, keywords[scope]);
  const value = values.get('value');
  const expand = values.get('expand');
  const description = values.get('description');
  const options = values.get('options');
  if (description !== undefined) readString(description, `\`description\` of ${what}`);
  if (value === undefined && scope === 'job') throw wrongType(node, what, 'a value, or a map with a `value`');
  const text = value === undefined ? '' : readValue(value, what);
  if (options !== undefined) {
    const allowed = readStrings(options, `\`options\` of ${what}`).map((option) => option.text);
    if (!allowed.includes(text)) {
      throw new JobYamlError(value?.at ?? node.at, `the value of ${what} is not one of its options`);
    }
  }
  return { value: text, raw: expand !== undefined && !readBoolean(expand, `\`expand\` of ${what}`) };
}

function readValue(node: YamlNode, what: string): string {
  if (isNothing(node)) return '';
  const value = node.kind === 'scalar' ? node.value : undefined;
  if (typeof value === 'number' && Number.isInteger(value)) return String(value);
  return readString(node, what);
}
