import { artifactSources } from '../pipeline/artifact-sources.ts';
import { expandVariables } from '../pipeline/variables/expand-variables.ts';
import type { JsonObject } from '../http/request-body.ts';
import type { JobRecord } from '../store/job-record.ts';
import type { PipelineRecord } from '../store/pipeline-record.ts';
import { defaultTimeoutSeconds, jobPayload } from './job-payload.ts';
import { identityVariables } from './job-variables.ts';

/** The payload of a pipeline's job, made when it is queued: only then it is known what earlier jobs left behind. */
export function pipelineJobPayload(record: PipelineRecord, job: JobRecord, serverUrl: string): JsonObject {
  const definition = record.definition(job.name);
  if (definition === undefined) throw new TypeError(`pipeline ${record.id} has no job "${job.name}"`);
  const identity = { id: job.id, token: job.token, project: record.project, serverUrl };
  const { variables: ownVariables, ...parts } = definition.payload;
  const variables = expandVariables([...identityVariables(identity), ...ownVariables]);
  const facts = {
    ...identity,
    name: job.name,
    stage: job.stage,
    pipelineId: record.id,
    commit: record.commit,
    timeoutSeconds: definition.timeoutSeconds ?? defaultTimeoutSeconds,
    isPinned: true,
    variables,
  };
  const sources = artifactSources(record.pipeline, definition).flatMap((name) => record.current(name) ?? []);
  return { ...jobPayload(facts), ...parts, dependencies: sources.map((source) => dependency(source, job.token)) };
}

/** GitLab gives the running job's own token for the download. */
function dependency(source: JobRecord, token: string): JsonObject {
  const archive = source.artifacts.find(({ type }) => type === 'archive');
  const file = archive === undefined ? {} : { artifacts_file: { filename: archive.filename, size: archive.size } };
  return { id: source.id, name: source.name, token, ...file };
}
