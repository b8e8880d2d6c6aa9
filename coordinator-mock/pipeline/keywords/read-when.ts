import { JobYamlError } from '../job-yaml-error.ts';
import { jobWhens, type JobWhen } from '../pipeline.ts';
import { readChoice } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** `when` of a job or a rule; `never` keeps the job out of the pipeline. */
export function readWhen(node: YamlNode, what: string): JobWhen | 'never' {
  if (node.kind === 'scalar' && node.value === 'delayed') {
    throw new JobYamlError(
      node.at,
      `\`delayed\` in ${what} is not supported: there is no clock that starts jobs later`,
    );
  }
  return readChoice(node, what, [...jobWhens, 'never'] as const);
}
