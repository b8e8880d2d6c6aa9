import { JobFailure } from '../../common/errors/job-failure.ts';

const KNOWN: readonly string[] = ['env', 'labels'];

/**
 * The log driver is fixed: a job's output is read through it after a restart of the agent. `log_options` may add facts to the lines.
 * @throws {JobFailure} that lists all other options
 */
export function logConfig(options: Readonly<Record<string, string>>): object {
  const others = Object.keys(options).filter((key) => !KNOWN.includes(key));
  if (others.length > 0)
    throw new JobFailure(
      'runner_configuration_error',
      `log_options in [runners.docker] has ${others.toSorted().join(', ')}: expected nothing but ${KNOWN.join(' and ')}`,
    );
  return { Type: 'json-file', Config: options };
}
