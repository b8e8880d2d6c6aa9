import type { Pipeline, PipelineJob } from './pipeline.ts';

/**
 * The jobs whose artifacts a job downloads, by name in the order of the pipeline: its `dependencies`, else its `needs` that
 * are not `artifacts: false`, else all jobs of earlier stages. Jobs without artifacts are among them.
 */
export function artifactSources(pipeline: Pipeline, job: PipelineJob): string[] {
  const names = wantedNames(pipeline, job);
  return pipeline.jobs.map(({ name }) => name).filter((name) => names.has(name));
}

function wantedNames(pipeline: Pipeline, job: PipelineJob): Set<string> {
  if (job.needs !== undefined) {
    const { dependencies } = job;
    const needed = job.needs.filter((need) => need.artifacts).map((need) => need.job);
    return new Set(dependencies === undefined ? needed : needed.filter((name) => dependencies.includes(name)));
  }
  if (job.dependencies !== undefined) return new Set(job.dependencies);
  const index = pipeline.stages.indexOf(job.stage);
  const earlier = pipeline.jobs.filter((other) => pipeline.stages.indexOf(other.stage) < index);
  return new Set(earlier.map(({ name }) => name));
}
