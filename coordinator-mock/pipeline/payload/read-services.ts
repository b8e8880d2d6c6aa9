import type { ImageSpec } from '#protocol/image-spec.ts';
import { readMap, type KeywordTable } from '../yaml/read-map.ts';
import { readList, readStrings } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import { readImage, readImageValues, readWords } from './read-image.ts';
import { readVariables } from './read-variables.ts';

const serviceKeywords: KeywordTable = {
  known: ['name', 'alias', 'entrypoint', 'command', 'variables', 'pull_policy', 'docker', 'ports'],
  refused: { kubernetes: 'services run on a Docker Engine, use `docker` instead' },
};

/** `services`: image names and maps. */
export function readServices(node: YamlNode, what: string): ImageSpec[] {
  return readList(node, what, 'a list of services').items.map((item, index) =>
    readService(item, `service ${index + 1} in ${what}`),
  );
}

function readService(node: YamlNode, what: string): ImageSpec {
  if (node.kind === 'scalar') return readImage(node, what);
  const values = readMap(node, what, serviceKeywords, 'an image name or a map');
  const alias = values.get('alias');
  const command = values.get('command');
  const variables = values.get('variables');
  const pairs = variables === undefined ? [] : readVariables(variables, `\`variables\` of ${what}`, 'service');
  return {
    ...readImageValues(values, node, what),
    alias: alias === undefined ? undefined : readAliases(alias, `\`alias\` of ${what}`),
    command: command === undefined ? undefined : readWords(command, `\`command\` of ${what}`),
    variables: [...pairs].map(([key, { value }]) => ({ key, value })),
  };
}

/** Several aliases, as a list or in one string, are one string on the wire. */
function readAliases(node: YamlNode, what: string): string {
  return readStrings(node, what, 'or-one')
    .map(({ text }) => text)
    .join(',');
}
