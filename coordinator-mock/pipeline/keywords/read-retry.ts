import type { RetrySpec } from '../pipeline.ts';
import { readMap } from '../yaml/read-map.ts';
import { readChoice, readInteger } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import { readExitCodes } from './read-allow-failure.ts';

const maxRetries = 2;

/** The reasons that GitLab knows for `retry: when`. */
const retryReasons = [
  'always',
  'unknown_failure',
  'script_failure',
  'api_failure',
  'stuck_or_timeout_failure',
  'runner_system_failure',
  'runner_unsupported',
  'runner_configuration_error',
  'runner_external_dependency_failure',
  'runner_interrupted',
  'image_pull_failure',
  'stale_schedule',
  'job_execution_timeout',
  'job_execution_server_timeout',
  'archived_failure',
  'unmet_prerequisites',
  'scheduler_failure',
  'data_integrity_failure',
] as const;

/** `retry`: how often, or a map that also says after what. */
export function readRetry(node: YamlNode, what: string): RetrySpec {
  if (node.kind === 'scalar') return { max: readMax(node, what), when: ['always'], exitCodes: [] };
  const values = readMap(
    node,
    what,
    { known: ['max', 'when', 'exit_codes'] },
    `a number from 0 to ${maxRetries} or a map`,
  );
  const max = values.get('max');
  const when = values.get('when');
  const codes = values.get('exit_codes');
  const exitCodes = codes === undefined ? [] : readExitCodes(codes, `\`exit_codes\` of ${what}`);
  const always = exitCodes.length === 0 ? ['always'] : [];
  return {
    max: max === undefined ? 0 : readMax(max, `\`max\` of ${what}`),
    when: when === undefined ? always : readReasons(when, `\`when\` of ${what}`),
    exitCodes,
  };
}

function readMax(node: YamlNode, what: string): number {
  return readInteger(node, what, 0, maxRetries);
}

function readReasons(node: YamlNode, what: string): string[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.map((item) => readChoice(item, what, retryReasons));
}
