import { JobYamlError } from '../job-yaml-error.ts';
import { readArtifacts } from '../payload/read-artifacts.ts';
import { readCache } from '../payload/read-cache.ts';
import { readHooks } from '../payload/read-hooks.ts';
import { readImage } from '../payload/read-image.ts';
import { readScript } from '../payload/read-script.ts';
import { readServices } from '../payload/read-services.ts';
import { readVariables } from '../payload/read-variables.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { JobDefinition } from '../jobs/job-definition.ts';
import { readKeyword, type JobSource } from './job-source.ts';

/** What a job is made of, as opposed to when it runs. */
export type JobContent = Pick<
  JobDefinition,
  'image' | 'services' | 'script' | 'afterScript' | 'hooks' | 'variables' | 'artifacts' | 'cache'
>;

/** Reads the keywords that end up in the payload of a job. */
export function readJobContent(source: JobSource): JobContent {
  const get = <Value>(keyword: string, read: (node: YamlNode, what: string) => Value): Value | undefined =>
    readKeyword(source, keyword, read);
  const cache = (node: YamlNode, what: string) => readCache(node, what, source.refProtected);
  return {
    image: get('image', readImage),
    services: get('services', readServices) ?? [],
    script: [...(get('before_script', readScript) ?? []), ...readMainScript(source)],
    afterScript: get('after_script', readScript) ?? [],
    hooks: get('hooks', readHooks) ?? [],
    variables: get('variables', (node, what) => readVariables(node, what, 'job')) ?? new Map(),
    artifacts: get('artifacts', readArtifacts) ?? [],
    cache: get('cache', cache) ?? [],
  };
}

function readMainScript(source: JobSource): string[] {
  const node = source.values.get('script');
  const lines = node === undefined ? [] : readScript(node, `\`script\` of ${source.title}`);
  if (lines.length === 0) throw new JobYamlError(node?.at ?? source.at, `the job \`${source.name}\` has no \`script\``);
  return lines;
}
