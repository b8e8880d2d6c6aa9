import { JobYamlError } from './job-yaml-error.ts';
import { applyRules, matchRule } from './jobs/apply-rules.ts';
import { buildJobs } from './jobs/build-jobs.ts';
import { checkNeeds } from './jobs/check-needs.ts';
import type { FileDefinition } from './jobs/job-definition.ts';
import { linkJob, type IncludedJob } from './jobs/link-jobs.ts';
import { readFile } from './file/read-file.ts';
import { refuseCycles } from './jobs/refuse-cycles.ts';
import { isEdge } from './keywords/read-stages.ts';
import type { YamlVariable } from './payload/read-variables.ts';
import type { Pipeline, PipelineInput, PipelineJob } from './pipeline.ts';
import { allVariables } from './variables/job-variables.ts';

type Variables = ReadonlyMap<string, YamlVariable>;

/**
 * Makes the jobs of a pipeline from a job file. Pure: the same input gives the same pipeline.
 * @throws JobYamlError for everything in the file that is wrong or not supported, and for a pipeline without jobs.
 */
export function createPipeline(input: PipelineInput): Pipeline {
  const file = readFile(input.file, input.refProtected);
  checkNeeds(file);
  const globalVariables = applyWorkflow(file, input);
  const included = includeJobs(file, input, globalVariables);
  const jobs = [...included.values()].flatMap((entry) =>
    buildJobs(entry, linkJob(entry, included), input, globalVariables),
  );
  refuseEmpty(jobs, input);
  return {
    stages: file.stages.filter((stage) => jobs.some((job) => job.stage === stage)),
    jobs: file.stages.flatMap((stage) => jobs.filter((job) => job.stage === stage)),
    // Jobs that extend the same one have its warnings from the same place.
    warnings: [...new Set(file.warnings.map(({ at, sentence }) => new JobYamlError(at, sentence).message))],
  };
}

/** The file's variables with those of the matching `workflow` rule. */
function applyWorkflow(file: FileDefinition, input: PipelineInput): Variables {
  if (file.workflowRules === undefined) return file.variables;
  const rule = matchRule(file.workflowRules, allVariables(input, undefined, [file.variables]));
  if (rule === undefined || rule.when === 'never') {
    throw new JobYamlError(startOf(input), 'the `rules` of `workflow` do not let this pipeline run');
  }
  return new Map([...file.variables, ...rule.variables]);
}

function includeJobs(file: FileDefinition, input: PipelineInput, globals: Variables): Map<string, IncludedJob> {
  const included = new Map<string, IncludedJob>();
  for (const job of file.jobs) {
    const facts = { name: job.name, groupName: job.name, stage: job.stage, isManual: job.when === 'manual' };
    const total = job.parallel ?? 1;
    const variables = allVariables(input, { ...facts, index: undefined, total }, [globals, job.variables]);
    const part = applyRules(job, variables);
    if (part !== undefined) included.set(job.name, { job, part });
  }
  // A rule may bring its own needs.
  refuseCycles(new Map([...included].map(([name, { part }]) => [name, part.needs ?? []])));
  return included;
}

function refuseEmpty(jobs: readonly PipelineJob[], input: PipelineInput): void {
  if (jobs.length === 0) throw new JobYamlError(startOf(input), 'the pipeline has no jobs');
  if (jobs.every((job) => isEdge(job.stage))) {
    throw new JobYamlError(startOf(input), 'the pipeline has jobs in `.pre` and `.post` only; it needs another one');
  }
}

function startOf(input: PipelineInput) {
  return { file: input.file.path, line: 1, column: 1 };
}
