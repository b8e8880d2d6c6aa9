import type { Step } from '#protocol/job.ts';
import type { PipelineInput, PipelineJob } from '../pipeline.ts';
import type { YamlVariable } from '../payload/read-variables.ts';
import { expandText, expandVariables } from '../variables/expand-variables.ts';
import { allVariables } from '../variables/job-variables.ts';
import type { JobDefinition } from './job-definition.ts';
import { jobNames } from './job-names.ts';
import type { IncludedJob, JobLinks } from './link-jobs.ts';

/** The step's limit on the wire; the runner has its own default for the same. */
const afterScriptSeconds = 300;
/** What the wire says when neither job nor project set a timeout: GitLab's default. */
const defaultTimeoutSeconds = 3600;

/** Turns a job of the file into the job, or with `parallel` the jobs, of the pipeline. */
export function buildJobs(
  { job, part }: IncludedJob,
  links: JobLinks,
  input: PipelineInput,
  globalVariables: ReadonlyMap<string, YamlVariable>,
): PipelineJob[] {
  return jobNames(job).map((name, index) => {
    const facts = {
      name,
      groupName: job.name,
      stage: job.stage,
      isManual: part.when === 'manual',
      index: job.parallel === undefined ? undefined : index + 1,
      total: job.parallel ?? 1,
    };
    const layers = [globalVariables, job.variables, part.variables];
    const variables = expandVariables(allVariables(input, facts, layers));
    return {
      name,
      stage: job.stage,
      ...links,
      when: part.when,
      allowFailure: part.allowFailure,
      retry: job.retry,
      tags: job.tags.map((tag) => expandText(tag, variables)),
      timeoutSeconds: job.timeoutSeconds,
      payload: {
        image: job.image,
        services: job.services,
        steps: buildSteps(job),
        variables,
        artifacts: job.artifacts,
        cache: job.cache,
        hooks: job.hooks,
      },
    };
  });
}

function buildSteps(job: JobDefinition): Step[] {
  const timeout = job.timeoutSeconds ?? defaultTimeoutSeconds;
  const script = { name: 'script', script: job.script, timeout, when: 'on_success', allow_failure: false };
  if (job.afterScript.length === 0) return [script];
  const after = { name: 'after_script', script: job.afterScript, timeout: afterScriptSeconds, when: 'always' };
  return [script, { ...after, allow_failure: true }];
}
