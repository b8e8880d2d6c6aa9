import { JobYamlError, type Place } from '../job-yaml-error.ts';
import { readAllowFailure } from '../keywords/read-allow-failure.ts';
import { readDuration } from '../keywords/read-duration.ts';
import { readNeeds } from '../keywords/read-needs.ts';
import { readParallel } from '../keywords/read-parallel.ts';
import { readRetry } from '../keywords/read-retry.ts';
import { readRules } from '../keywords/read-rules.ts';
import { readWhen } from '../keywords/read-when.ts';
import { readArtifacts } from '../payload/read-artifacts.ts';
import { readCache } from '../payload/read-cache.ts';
import { readHooks } from '../payload/read-hooks.ts';
import { readImage } from '../payload/read-image.ts';
import { readScript } from '../payload/read-script.ts';
import { readServices } from '../payload/read-services.ts';
import { readVariables } from '../payload/read-variables.ts';
import { didYouMean } from '../yaml/nearest-name.ts';
import { readBoolean, readString, readStrings } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { JobDefinition } from './job-definition.ts';

/** The longest job timeout, as in GitLab: about a month. */
const maxTimeoutSeconds = 2_678_400;
const noRetry = { max: 0, when: ['always'], exitCodes: [] };

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

/**
 * Reads one job.
 * @throws JobYamlError for a value of the wrong type, a stage that is not listed, or no script.
 */
export function readJob(source: JobSource): JobDefinition {
  const get = <Value>(keyword: string, read: (node: YamlNode, what: string) => Value): Value | undefined => {
    const node = source.values.get(keyword);
    return node === undefined ? undefined : read(node, `\`${keyword}\` of ${source.title}`);
  };
  get('interruptible', readBoolean);
  get('coverage', readString);
  const cache = (node: YamlNode, what: string) => readCache(node, what, source.refProtected);
  return {
    name: source.name,
    at: source.at,
    stage: readStage(source),
    image: get('image', readImage),
    services: get('services', readServices) ?? [],
    script: [...(get('before_script', readScript) ?? []), ...readMainScript(source)],
    afterScript: get('after_script', readScript) ?? [],
    hooks: get('hooks', readHooks) ?? [],
    variables: get('variables', (node, what) => readVariables(node, what, 'job')) ?? new Map(),
    tags: get('tags', readStrings)?.map(({ text }) => text) ?? [],
    when: get('when', readWhen) ?? 'on_success',
    allowFailure: get('allow_failure', readAllowFailure),
    timeoutSeconds: get('timeout', readTimeout),
    needs: get('needs', readNeeds),
    dependencies: get('dependencies', readStrings),
    retry: get('retry', readRetry) ?? noRetry,
    artifacts: get('artifacts', readArtifacts) ?? [],
    cache: get('cache', cache) ?? [],
    rules: get('rules', (node, what) => readRules(node, what, 'job')),
    parallel: get('parallel', readParallel),
  };
}

function readMainScript(source: JobSource): string[] {
  const node = source.values.get('script');
  const lines = node === undefined ? [] : readScript(node, `\`script\` of ${source.title}`);
  if (lines.length === 0) throw new JobYamlError(node?.at ?? source.at, `the job \`${source.name}\` has no \`script\``);
  return lines;
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
