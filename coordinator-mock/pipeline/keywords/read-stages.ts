import { JobYamlError } from '../job-yaml-error.ts';
import { readStrings } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

const defaultStages = ['build', 'test', 'deploy'];
const edges = { first: '.pre', last: '.post' };

/** The stages in order; `.pre` and `.post` are always there. */
export function readStages(node: YamlNode | undefined): string[] {
  const written = node === undefined ? undefined : readStrings(node, '`stages`');
  if (written?.length === 0 && node !== undefined)
    throw new JobYamlError(node.at, '`stages` must name at least one stage');
  const names: string[] = [];
  for (const { text, at } of written ?? []) {
    if (names.includes(text)) throw new JobYamlError(at, `the stage \`${text}\` is listed twice`);
    names.push(text);
  }
  const middle = (written === undefined ? defaultStages : names).filter((name) => !isEdge(name));
  return [edges.first, ...middle, edges.last];
}

/** Whether a stage is `.pre` or `.post`, which alone make no pipeline. */
export function isEdge(stage: string): boolean {
  return stage === edges.first || stage === edges.last;
}
