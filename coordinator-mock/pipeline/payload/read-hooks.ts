import type { Hook } from '#protocol/job.ts';
import { readMap } from '../yaml/read-map.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import { readScript } from './read-script.ts';

/** `hooks`: scripts at fixed points of a job. */
export function readHooks(node: YamlNode, what: string): Hook[] {
  return [...readMap(node, what, { known: ['pre_get_sources_script'] })].map(([name, script]) => ({
    name,
    script: readScript(script, `\`${name}\` of ${what}`),
  }));
}
