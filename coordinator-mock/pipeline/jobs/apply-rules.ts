import type { Variable } from '#protocol/job.ts';
import { evaluateCondition, type ConditionVariables } from '../conditions/evaluate-condition.ts';
import { ConditionError } from '../conditions/tokenize-condition.ts';
import { JobYamlError } from '../job-yaml-error.ts';
import type { AllowFailure } from '../keywords/read-allow-failure.ts';
import type { WrittenNeed } from '../keywords/read-needs.ts';
import type { Rule } from '../keywords/read-rules.ts';
import type { JobWhen } from '../pipeline.ts';
import type { YamlVariable } from '../payload/read-variables.ts';
import { expandVariables } from '../variables/expand-variables.ts';
import type { JobDefinition } from './job-definition.ts';

/** How a job takes part in the pipeline, once its rules are decided. */
export interface JobPart {
  readonly when: JobWhen;
  readonly allowFailure: AllowFailure;
  readonly variables: ReadonlyMap<string, YamlVariable>;
  readonly needs: readonly WrittenNeed[] | undefined;
}

/** The first rule that matches, if any. */
export function matchRule(rules: readonly Rule[], variables: readonly Variable[]): Rule | undefined {
  const values: ConditionVariables = new Map(expandVariables(variables).map(({ key, value }) => [key, value]));
  return rules.find((rule) => rule.condition === undefined || holds(rule.condition, values));
}

/** Decides a job's `rules` with the variables it would have; undefined: the job is not in the pipeline. */
export function applyRules(job: JobDefinition, variables: readonly Variable[]): JobPart | undefined {
  const rule = job.rules === undefined ? undefined : matchRule(job.rules, variables);
  if (job.rules !== undefined && rule === undefined) return undefined;
  const when = rule?.when ?? job.when;
  if (when === 'never') return undefined;
  return {
    when,
    allowFailure: rule?.allowFailure ?? job.allowFailure ?? job.when === 'manual',
    variables: rule?.variables ?? new Map(),
    needs: rule?.needs ?? job.needs,
  };
}

function holds(condition: NonNullable<Rule['condition']>, variables: ConditionVariables): boolean {
  try {
    return evaluateCondition(condition.parsed, variables);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    throw new JobYamlError(condition.at, `the condition cannot be evaluated: ${error.message}`, { cause: error });
  }
}
