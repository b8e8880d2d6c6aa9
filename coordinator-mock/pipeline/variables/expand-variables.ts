import type { Variable } from '#protocol/job.ts';

const reference = /\$\$|%%|\$(\w+)|\$\{(\w+)\}|%(\w+)%/g;

/**
 * Variables with the references to each other replaced, as GitLab does before it hands a job out: in any order and to any
 * depth. `$$`, unknown names, names of raw or file variables, and names in a circle stay for the runner.
 */
export function expandVariables(variables: readonly Variable[]): Variable[] {
  const byKey = new Map(variables.map((variable) => [variable.key, variable]));
  const done = new Map<Variable, string>();

  const expand = (variable: Variable, open: ReadonlySet<Variable>): string => {
    const finished = done.get(variable);
    if (finished !== undefined) return finished;
    if (variable.raw) return variable.value;
    const inside = new Set(open).add(variable);
    let isCircular = false;
    const value = variable.value.replaceAll(reference, (whole, plain?: string, braced?: string, percent?: string) => {
      const target = byKey.get(plain ?? braced ?? percent ?? '');
      if (target === undefined || target.raw || target.file) return whole;
      if (inside.has(target)) {
        isCircular = true;
        return whole;
      }
      return expand(target, inside);
    });
    if (!isCircular) done.set(variable, value);
    return value;
  };

  return variables.map((variable) => ({ ...variable, value: expand(variable, new Set()) }));
}

/** A text of the job file, such as a tag, with the variables it names; `variables` are expanded already. */
export function expandText(text: string, variables: readonly Variable[]): string {
  const values = new Map(variables.map(({ key, value }) => [key, value]));
  return text.replaceAll(reference, (whole, plain?: string, braced?: string, percent?: string) => {
    return values.get(plain ?? braced ?? percent ?? '') ?? whole;
  });
}
