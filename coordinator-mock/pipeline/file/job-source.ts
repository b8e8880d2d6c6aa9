import type { Place } from '../job-yaml-error.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** What a job is read from: its keywords, with those of `default` filled in. */
export interface JobSource {
  readonly name: string;
  /** What error sentences call it: `job \`build\``. */
  readonly title: string;
  readonly at: Place;
  readonly values: ReadonlyMap<string, YamlNode>;
  readonly stages: readonly string[];
  readonly refProtected: boolean;
}

/** Reads one keyword of a job if it is there; `what` names it in error sentences. */
export function readKeyword<Value>(
  source: JobSource,
  keyword: string,
  read: (node: YamlNode, what: string) => Value,
): Value | undefined {
  const node = source.values.get(keyword);
  return node === undefined ? undefined : read(node, `\`${keyword}\` of ${source.title}`);
}
