import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CoordinatorState } from './coordinator-state.ts';
import { createPipeline } from './pipeline/create-pipeline.ts';
import type { PipelineVariable } from './pipeline/pipeline.ts';
import type { PipelineRecord } from './store/pipeline-record.ts';
import type { Commit, Project } from './projects/projects.ts';
import { pinCommit, readCommit, readCommitted } from './projects/read-commit.ts';

const defaultFile = '.gitlab-ci.yml';

export interface PipelineRequest {
  /** A git work tree or bare repository. */
  readonly projectDir: string;
  /** Path of the job file, relative to the project. */
  readonly pipelineFile?: string | undefined;
  /** A branch or tag; without it what is checked out counts, and the job file as it lies in the work tree. */
  readonly ref?: string | undefined;
  readonly variables?: readonly PipelineVariable[];
}

/** Makes a pipeline from a project's job file and queues its first jobs. Throws JobYamlError, or an Error that says what is missing. */
export async function startPipeline(state: CoordinatorState, request: PipelineRequest): Promise<PipelineRecord> {
  const project = await state.projects.open(request.projectDir);
  const commit = await readCommit(project, request.ref);
  const path = request.pipelineFile ?? defaultFile;
  const text = await readJobFile(project, commit, path, request.ref === undefined);
  const pipelineId = state.pipelines.newId();
  const pipeline = createPipeline({
    file: { path, text },
    ...commit,
    commit,
    refProtected: true,
    defaultBranch: project.defaultBranch,
    projectPath: project.path,
    projectId: project.id,
    pipelineId,
    serverUrl: state.options.advertiseUrl,
    variables: request.variables ?? [],
    createdAt: new Date(),
  });
  await pinCommit(project, pipelineId, commit.sha);
  return state.pipelines.start(pipelineId, pipeline, project, commit);
}

async function readJobFile(project: Project, commit: Commit, path: string, workTreeFirst: boolean): Promise<string> {
  const onDisk = (): Promise<string | undefined> =>
    readFile(resolve(project.folder, path), 'utf8').catch(() => undefined);
  const committed = (): Promise<string | undefined> => readCommitted(project, commit.sha, path);
  const text = workTreeFirst ? ((await onDisk()) ?? (await committed())) : ((await committed()) ?? (await onDisk()));
  if (text === undefined) throw new Error(`${project.folder} has no file ${path}`);
  return text;
}
