import { createPipeline } from '../../coordinator-mock/pipeline/create-pipeline.ts';
import type { Pipeline, PipelineInput, PipelineJob } from '../../coordinator-mock/pipeline/pipeline.ts';

/** An input for a push to `main` of `grp/app`, made from `text`. */
export function pipelineInput(text: string, changes: Partial<PipelineInput> = {}): PipelineInput {
  return {
    file: { path: '.gitlab-ci.yml', text },
    ref: 'main',
    refType: 'branch',
    refProtected: true,
    sha: 'c4def770aa11bb22cc33dd44ee55ff6677889900',
    beforeSha: '0'.repeat(40),
    defaultBranch: 'main',
    projectPath: 'grp/app',
    projectId: 7,
    pipelineId: 31,
    serverUrl: 'http://127.0.0.1:8929',
    variables: [],
    ...changes,
  };
}

export function makePipeline(text: string, changes: Partial<PipelineInput> = {}): Pipeline {
  return createPipeline(pipelineInput(text, changes));
}

/** The job of that name; the first one when none is given. */
export function jobOf(pipeline: Pipeline, name = pipeline.jobs[0]?.name): PipelineJob {
  const job = pipeline.jobs.find((candidate) => candidate.name === name);
  if (job === undefined) throw new Error(`no job ${name} among ${pipeline.jobs.map((other) => other.name).join(', ')}`);
  return job;
}

/** The job of a file with one job. */
export function makeJob(text: string, changes: Partial<PipelineInput> = {}): PipelineJob {
  return jobOf(makePipeline(text, changes));
}

/** The value that a job sees under a name: the last one in its list. */
export function valueOf(job: PipelineJob, key: string): string | undefined {
  return job.payload.variables.findLast((variable) => variable.key === key)?.value;
}
