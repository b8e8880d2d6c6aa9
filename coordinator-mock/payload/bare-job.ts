import { parseMessage } from '#protocol/parse.ts';
import { asObject, type JsonObject } from '../http/request-body.ts';
import { optionalJobOptionsSchema } from '../store/job-options.ts';
import type { NewJob } from '../store/job-record.ts';
import type { Commit, Project } from '../projects/projects.ts';
import { defaultTimeoutSeconds, jobPayload, type JobFacts } from './job-payload.ts';
import { bareJobVariables } from './job-variables.ts';
import { mergePayload } from './merge-payload.ts';

const noProject = { id: 7, path: 'grp/app', objectFormat: 'sha1' } as const;
const zeros = '0'.repeat(40);
const noCommit = { ref: 'main', refType: 'branch', sha: zeros, beforeSha: zeros } as const;
const pipelineId = 55;

/** What a bare job is made from: its identity, and the project and commit if the coordinator serves any. */
export interface BareJobInput {
  readonly identity: { readonly id: number; readonly token: string };
  readonly serverUrl: string;
  readonly project: Project | undefined;
  readonly commit: Commit | undefined;
}

/**
 * A job out of a partial payload, laid over a minimal valid one. In the changes, `_variables` is appended to the variables,
 * `_opts` says how the coordinator treats the job, and `__TOKEN__` anywhere stands for the job token.
 */
export function bareJob({ identity, serverUrl, project, commit }: BareJobInput, changes: JsonObject): NewJob {
  const { _opts, _variables, ...partial } = changes;
  const options = parseMessage(optionalJobOptionsSchema, _opts, '_opts');
  const info = asObject(partial['job_info']);
  const facts: Omit<JobFacts, 'variables'> = {
    ...identity,
    name: typeof info['name'] === 'string' ? info['name'] : 'job',
    stage: typeof info['stage'] === 'string' ? info['stage'] : 'test',
    project: project ?? noProject,
    commit: commit ?? noCommit,
    pipelineId,
    timeoutSeconds: defaultTimeoutSeconds,
    serverUrl,
    isPinned: false,
  };
  const merged = asObject(mergePayload(minimalPayload(facts), partial));
  if (Array.isArray(merged['variables']) && Array.isArray(_variables)) merged['variables'].push(..._variables);
  const token = typeof merged['token'] === 'string' ? merged['token'] : identity.token;
  const payload = asObject(JSON.parse(JSON.stringify(merged).replaceAll('__TOKEN__', token)));
  const { id, name, stage } = facts;
  const projectId = typeof info['project_id'] === 'number' ? info['project_id'] : facts.project.id;
  return { id, name, stage, token, projectId, payload, options };
}

function minimalPayload(facts: Omit<JobFacts, 'variables'>): JsonObject {
  const step = { name: 'script', script: ['echo hello'], when: 'on_success', allow_failure: false };
  return {
    ...jobPayload({ ...facts, variables: bareJobVariables(facts) }),
    steps: [{ ...step, timeout: facts.timeoutSeconds }],
    image: { name: 'busybox:latest', entrypoint: null, ports: [], executor_opts: {}, pull_policy: [] },
  };
}
