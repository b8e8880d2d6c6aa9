import { JobYamlError } from '../job-yaml-error.ts';
import { didYouMean } from '../yaml/nearest-name.ts';
import type { FileDefinition, JobDefinition } from './job-definition.ts';
import { refuseCycles } from './refuse-cycles.ts';

/**
 * Checks what the jobs of a file say about each other, rules aside.
 * @throws JobYamlError for needs and dependencies of jobs that do not exist or come later, and for cycles.
 */
export function checkNeeds(file: FileDefinition): void {
  const jobs = new Map(file.jobs.map((job) => [job.name, job]));
  for (const job of file.jobs) {
    for (const need of [job.needs ?? [], ...(job.rules ?? []).map((rule) => rule.needs ?? [])].flat()) {
      const needed = jobs.get(need.job);
      if (needed === undefined && !need.optional) {
        const hint = didYouMean(need.job, otherNames(jobs, job));
        throw new JobYamlError(need.at, `the job \`${job.name}\` needs \`${need.job}\`, which does not exist${hint}`);
      }
      if (needed !== undefined && stageIndex(file, needed) > stageIndex(file, job)) {
        const sentence = `the job \`${job.name}\` needs \`${need.job}\`, which is in the later stage \`${needed.stage}\``;
        throw new JobYamlError(need.at, sentence);
      }
    }
    checkDependencies(file, job, jobs);
  }
  refuseCycles(new Map(file.jobs.map((job) => [job.name, job.needs ?? []])));
}

function checkDependencies(file: FileDefinition, job: JobDefinition, jobs: ReadonlyMap<string, JobDefinition>): void {
  for (const { text, at } of job.dependencies ?? []) {
    const target = jobs.get(text);
    if (target === undefined) {
      const hint = didYouMean(text, otherNames(jobs, job));
      throw new JobYamlError(at, `the job \`${job.name}\` depends on \`${text}\`, which does not exist${hint}`);
    }
    const isNeeded = job.needs?.some((need) => need.job === text);
    if (isNeeded === false) {
      throw new JobYamlError(at, `the job \`${job.name}\` depends on \`${text}\`, which is not among its \`needs\``);
    }
    if (isNeeded === undefined && stageIndex(file, target) >= stageIndex(file, job)) {
      throw new JobYamlError(at, `the job \`${job.name}\` depends on \`${text}\`, which is not in an earlier stage`);
    }
  }
}

function stageIndex(file: FileDefinition, job: JobDefinition): number {
  return file.stages.indexOf(job.stage);
}

function otherNames(jobs: ReadonlyMap<string, JobDefinition>, job: JobDefinition): string[] {
  return [...jobs.keys()].filter((name) => name !== job.name);
}
