import { JobYamlError } from '../job-yaml-error.ts';
import { defaultKeywords, oldDefaults } from '../keywords/job-keywords.ts';
import { readMap } from '../yaml/read-map.ts';
import type { MapNode, YamlNode } from '../yaml/yaml-node.ts';

/**
 * What every job takes over: `default`, and the old global keywords that mean the same. `globals` has no references.
 * @throws JobYamlError when one thing is said in both ways.
 */
export function readDefaults(root: MapNode, globals: ReadonlyMap<string, YamlNode>): Map<string, YamlNode> {
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
