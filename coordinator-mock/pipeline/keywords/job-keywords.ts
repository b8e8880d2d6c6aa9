import type { KeywordTable } from '../yaml/read-map.ts';

const noServer = 'this coordinator has no such server feature';
const useRules = 'it is deprecated in GitLab, write `rules`';
const noSecrets = 'this coordinator gives out no identity tokens or secrets; pass a pipeline variable';

/** Keywords that a job may take over from `default`. */
export const defaultKeywords: KeywordTable = {
  known: [
    'after_script',
    'artifacts',
    'before_script',
    'cache',
    'hooks',
    'image',
    'interruptible',
    'retry',
    'services',
    'tags',
    'timeout',
  ],
  refused: { id_tokens: noSecrets, identity: noSecrets },
};

/** Keywords of a job; `extends` is carried out before they are read. */
export const jobKeywords: KeywordTable = {
  known: [
    ...defaultKeywords.known,
    'allow_failure',
    'coverage',
    'dependencies',
    'needs',
    'parallel',
    'rules',
    'script',
    'stage',
    'variables',
    'when',
  ],
  refused: {
    ...defaultKeywords.refused,
    dast_configuration: noServer,
    environment: 'there are no environments and deployments here, and CI_ENVIRONMENT_* would be missing',
    except: useRules,
    inherit: 'jobs always take over `default` and global `variables`',
    inputs: 'jobs cannot be given inputs here; use variables',
    manual_confirmation: noServer,
    only: useRules,
    pages: 'there is no Pages server to deploy to',
    publish: 'there is no Pages server to deploy to',
    release: 'there is no releases API to write to',
    resource_group: 'jobs are not kept apart by resource groups here',
    run: 'steps need a step runner; write `script`',
    secrets: noSecrets,
    start_in: 'there is no clock that starts jobs later',
    trigger: 'there are no downstream pipelines here',
    type: 'it was removed from GitLab, write `stage`',
  },
};

/** Global keywords that hold defaults, the old way to write `default`. */
export const oldDefaults: readonly string[] = ['image', 'services', 'before_script', 'after_script', 'cache'];

/** Top-level keywords that are not jobs. */
export const globalKeywords: KeywordTable = {
  known: ['default', 'stages', 'variables', 'workflow', ...oldDefaults],
  refused: {
    include: 'only one file is read; put its jobs into this file',
    spec: 'inputs of included files are not supported',
    types: 'it was removed from GitLab, write `stages`',
  },
};
