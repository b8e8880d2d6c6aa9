import { JobYamlError } from '../job-yaml-error.ts';
import { readAllowFailure } from '../keywords/read-allow-failure.ts';
import { readDuration } from '../keywords/read-duration.ts';
import { readNeeds } from '../keywords/read-needs.ts';
import { readParallel } from '../keywords/read-parallel.ts';
import { readRetry } from '../keywords/read-retry.ts';
import { readRules } from '../keywords/read-rules.ts';
import { readWhen } from '../keywords/read-when.ts';
import { didYouMean } from '../yaml/nearest-name.ts';
import { readBoolean, readString, readStrings } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { JobDefinition } from '../jobs/job-definition.ts';
import { readKeyword, type JobSource } from './job-source.ts';
import { readJobContent } from './read-job-content.ts';

/** The longest job timeout, as in GitLab: about a month. */
const maxTimeoutSeconds = 2_678_400;
const noRetry = { max: 0, when: ['always'], exitCodes: [] };

/**
 * Reads one job.
 * @throws JobYamlError for a value of the wrong type, a stage that is not listed, or no script.
 */
export function readJob(source: JobSource): JobDefinition {
  const get = <Value>(keyword: string, read: (node: YamlNode, what: string) => Value): Value | undefined =>
    readKeyword(source, keyword, read);
  get('interruptible', readBoolean);
  get('coverage', readString);
  return {
    name: source.name,
    at: source.at,
    stage: readStage(source),
    ...readJobContent(source),
    tags: get('tags', readStrings)?.map(({ text }) => text) ?? [],
    when: get('when', readWhen) ?? 'on_success',
    allowFailure: get('allow_failure', readAllowFailure),
    timeoutSeconds: get('timeout', readTimeout),
    needs: get('needs', readNeeds),
    dependencies: get('dependencies', readStrings),
    retry: get('retry', readRetry) ?? noRetry,
    rules: get('rules', (node, what) => readRules(node, what, 'job')),
    parallel: get('parallel', readParallel),
  };
}

function readStage({ name, at, values, stages }: JobSource): string {
  const node = values.get('stage');
  const stage = node === undefined ? 'test' : readString(node, `\`stage\` of job \`${name}\``);
  if (stages.includes(stage)) return stage;
  const known = `the stages are ${stages.join(', ')}`;
  const given = node === undefined ? `has no \`stage\`, and the default \`test\`` : `is in stage \`${stage}\`, which`;
  throw new JobYamlError(
    node?.at ?? at,
    `the job \`${name}\` ${given} is not listed: ${known}${didYouMean(stage, stages)}`,
  );
}

function readTimeout(node: YamlNode, what: string): number {
  const seconds = readDuration(node, what);
  if (seconds > maxTimeoutSeconds) throw new JobYamlError(node.at, `${what} must not be longer than a month`);
  return seconds;
}
