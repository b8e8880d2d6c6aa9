import { JobYamlError } from '../job-yaml-error.ts';
import type { Need } from '../pipeline.ts';
import type { JobPart } from './apply-rules.ts';
import type { JobDefinition } from './job-definition.ts';
import { jobNames } from './job-names.ts';

/** A job of the file that is in the pipeline. */
export interface IncludedJob {
  readonly job: JobDefinition;
  readonly part: JobPart;
}

/** The names that a job waits for and takes artifacts from, as they are called in this pipeline. */
export interface JobLinks {
  readonly needs: readonly Need[] | undefined;
  readonly dependencies: readonly string[] | undefined;
}

/**
 * A job's links among the jobs that are in the pipeline; a parallel job stands for all its parts.
 * @throws JobYamlError for a need that `rules` keep out of the pipeline and that is not optional.
 */
export function linkJob({ job, part }: IncludedJob, included: ReadonlyMap<string, IncludedJob>): JobLinks {
  const namesOf = (name: string): readonly string[] => {
    const target = included.get(name)?.job;
    return target === undefined ? [] : jobNames(target);
  };
  const needs = part.needs?.flatMap(({ at, ...need }) => {
    const names = namesOf(need.job);
    if (names.length === 0 && !need.optional) {
      const way = 'its `rules` keep it out; write `optional: true` for a need that may be missing';
      throw new JobYamlError(
        at,
        `the job \`${job.name}\` needs \`${need.job}\`, which is not in this pipeline: ${way}`,
      );
    }
    return names.map((name) => ({ ...need, job: name }));
  });
  return { needs, dependencies: job.dependencies?.flatMap(({ text }) => namesOf(text)) };
}
