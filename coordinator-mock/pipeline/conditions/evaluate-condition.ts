import { compilePattern } from './condition-pattern.ts';
import { ConditionError } from './tokenize-condition.ts';
import type { Condition } from './parse-condition.ts';

/** Variables by name, expanded. */
export type ConditionVariables = ReadonlyMap<string, string>;

/**
 * Whether a condition holds. A variable that is not defined is null; a bare variable holds when it is not empty.
 * @throws ConditionError when a variable used as a pattern holds a broken one.
 */
export function evaluateCondition(condition: Condition, variables: ConditionVariables): boolean {
  switch (condition.kind) {
    case 'not':
      return !evaluateCondition(condition.inner, variables);
    case 'both':
      return evaluateCondition(condition.left, variables) && evaluateCondition(condition.right, variables);
    case 'either':
      return evaluateCondition(condition.left, variables) || evaluateCondition(condition.right, variables);
    case 'equal':
      return valueOf(condition.left, variables) === valueOf(condition.right, variables);
    case 'match':
      return matches(valueOf(condition.left, variables), valueOf(condition.right, variables));
    default: {
      const value = valueOf(condition, variables);
      return value !== null && value !== '' && value !== false;
    }
  }
}

function valueOf(condition: Condition, variables: ConditionVariables): string | boolean | null {
  if (condition.kind === 'variable') return variables.get(condition.name) ?? null;
  if (condition.kind === 'value') return condition.value;
  if (condition.kind === 'pattern') return condition.source;
  return evaluateCondition(condition, variables);
}

function matches(text: string | boolean | null, pattern: string | boolean | null): boolean {
  if (pattern === null) return false;
  if (typeof pattern !== 'string') throw new ConditionError('the right side of =~ and !~ must be a /pattern/');
  return compilePattern(pattern).test(text === null ? '' : String(text));
}
