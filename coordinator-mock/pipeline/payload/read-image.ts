import type { ExecutorOpts, ImagePort, ImageSpec } from '#protocol/image-spec.ts';
import { readMap, type KeywordTable } from '../yaml/read-map.ts';
import { readChoice, readInteger, readList, readString, readStrings, wrongType } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

const pullPolicies = ['always', 'if-not-present', 'never'] as const;
const kubernetesReason = 'jobs run on a Docker Engine, use `docker` instead';
const imageKeywords: KeywordTable = {
  known: ['name', 'entrypoint', 'pull_policy', 'docker', 'ports'],
  refused: { kubernetes: kubernetesReason },
};

/** `image` as a name or as a map. */
export function readImage(node: YamlNode, what: string): ImageSpec {
  if (node.kind === 'scalar') return imageSpec(readName(node, what));
  const values = readMap(node, what, imageKeywords, 'an image name or a map');
  return readImageValues(values, node, what);
}

/** The keys that images and services share. */
export function readImageValues(values: ReadonlyMap<string, YamlNode>, node: YamlNode, what: string): ImageSpec {
  const name = values.get('name');
  if (name === undefined) throw wrongType(node, what, 'a map with a `name`');
  const entrypoint = values.get('entrypoint');
  return {
    ...imageSpec(readName(name, `\`name\` of ${what}`)),
    entrypoint: entrypoint === undefined ? undefined : readWords(entrypoint, `\`entrypoint\` of ${what}`),
    ports: readPorts(values.get('ports'), `\`ports\` of ${what}`),
    pull_policy: readPullPolicies(values.get('pull_policy'), `\`pull_policy\` of ${what}`),
    executor_opts: readDockerOptions(values.get('docker'), `\`docker\` of ${what}`),
  };
}

/** An entrypoint or a command: a list of words, or one word. */
export function readWords(node: YamlNode, what: string): string[] {
  return readStrings(node, what, 'or-one').map(({ text }) => text);
}

function imageSpec(name: string): ImageSpec {
  return {
    name,
    alias: undefined,
    command: undefined,
    entrypoint: undefined,
    ports: [],
    variables: [],
    pull_policy: [],
    executor_opts: {},
  };
}

function readName(node: YamlNode, what: string): string {
  const name = readString(node, what).trim();
  if (name === '') throw wrongType(node, what, 'the name of an image');
  return name;
}

function readPullPolicies(node: YamlNode | undefined, what: string): string[] {
  if (node === undefined) return [];
  if (node.kind === 'scalar') return [readChoice(node, what, pullPolicies)];
  return readList(node, what, 'a pull policy or a list of them').items.map((item) =>
    readChoice(item, what, pullPolicies),
  );
}

function readPorts(node: YamlNode | undefined, what: string): ImagePort[] {
  if (node === undefined) return [];
  return readList(node, what).items.map((item): ImagePort => {
    const defaults = { protocol: 'http', name: 'default_port' };
    if (item.kind === 'scalar') return { ...defaults, number: readInteger(item, what, 1, 65_535) };
    const values = readMap(item, what, { known: ['number', 'protocol', 'name'] }, 'a port number or a map');
    const number = values.get('number');
    const protocol = values.get('protocol');
    const name = values.get('name');
    if (number === undefined) throw wrongType(item, what, 'a map with a `number`');
    return {
      number: readInteger(number, `\`number\` in ${what}`, 1, 65_535),
      protocol:
        protocol === undefined
          ? defaults.protocol
          : readChoice(protocol, `\`protocol\` in ${what}`, ['http', 'https', 'ws', 'wss']),
      name: name === undefined ? defaults.name : readString(name, `\`name\` in ${what}`),
    };
  });
}

function readDockerOptions(node: YamlNode | undefined, what: string): ExecutorOpts {
  if (node === undefined) return {};
  const values = readMap(node, what, { known: ['platform', 'user'] });
  const platform = values.get('platform');
  const user = values.get('user');
  return {
    docker: {
      ...(platform === undefined ? {} : { platform: readString(platform, `\`platform\` in ${what}`) }),
      ...(user === undefined ? {} : { user: readUser(user, `\`user\` in ${what}`) }),
    },
  };
}

function readUser(node: YamlNode, what: string): string {
  const isNumber = node.kind === 'scalar' && typeof node.value === 'number';
  return isNumber ? node.source : readString(node, what);
}
