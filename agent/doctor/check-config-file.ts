import { describeError } from '../common/errors/describe-error.ts';
import { formatProblem, isConfigError } from '../config/config-error.ts';
import { dockerRunners, loadConfig } from '../config/load-config.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** The config file as found, and the runners of it that can be looked at. Where none is `needed`, a missing file is a warning. */
export async function checkConfigFile(
  path: string,
  name: string | undefined,
  needed: boolean,
): Promise<{ finding: Finding; runners: readonly RunnerConfig[] }> {
  try {
    const { config, warnings, exists } = await loadConfig(path, process.env);
    if (!exists && !needed && name === undefined)
      return { finding: warn('config', `there is no ${path}: the defaults count`), runners: [] };
    const all = dockerRunners(config);
    const runners = all.filter((runner) => name === undefined || runner.name === name);
    return { finding: describeConfig({ path, exists, warnings, name, found: runners.length, all }), runners };
  } catch (error) {
    const problems = isConfigError(error) ? error.problems.map((problem) => formatProblem(path, problem)) : [];
    const text = problems.length > 0 ? `${path} cannot be used` : describeError(error);
    return { finding: fail('config', text, problems), runners: [] };
  }
}

function describeConfig(facts: {
  path: string;
  exists: boolean;
  warnings: readonly string[];
  name: string | undefined;
  found: number;
  all: readonly RunnerConfig[];
}): Finding {
  const { path, exists, warnings, name, found, all } = facts;
  if (!exists) return fail('config', `there is no ${path}`);
  const names = all.map((runner) => `"${runner.name}"`).join(', ');
  if (found === 0 && name !== undefined)
    return fail('config', `${path} has no docker runner "${name}"${names === '' ? '' : `, but ${names}`}`, warnings);
  if (found === 0) return fail('config', `${path} has no docker runners`, warnings);
  const text = `${path}: ${found === 1 ? 'runner' : `${found} runners:`} ${name === undefined ? names : `"${name}"`}`;
  return warnings.length > 0 ? warn('config', text, warnings) : ok('config', text);
}
