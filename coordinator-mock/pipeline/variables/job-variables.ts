import type { Variable } from '#protocol/job.ts';
import type { PipelineInput } from '../pipeline.ts';
import type { YamlVariable } from '../payload/read-variables.ts';
import { jobVariables, pipelineVariables, type JobFacts } from './predefined-variables.ts';
import { publicVariable } from './variable.ts';

/**
 * A job's variables in GitLab's order, later ones winning: predefined, those of the file, those of the pipeline.
 * `layers` are the file's own, lowest first (global, job, rule); there a later value takes the earlier one's place.
 */
export function allVariables(
  input: PipelineInput,
  job: JobFacts | undefined,
  layers: readonly ReadonlyMap<string, YamlVariable>[],
): Variable[] {
  const fromFile = new Map(layers.flatMap((layer) => [...layer]));
  return [
    ...(job === undefined ? [] : jobVariables(job)),
    ...pipelineVariables(input),
    ...[...fromFile].map(([key, { value, raw }]) => publicVariable(key, value, raw)),
    ...input.variables.map(({ key, value, ...flags }) => ({ ...publicVariable(key, value), public: false, ...flags })),
  ];
}
