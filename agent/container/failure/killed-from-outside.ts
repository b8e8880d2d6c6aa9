import { JobFailure } from '../../common/errors/job-failure.ts';

const NAMES: Readonly<Record<string, string>> = { '9': 'SIGKILL', '15': 'SIGTERM', '3': 'SIGQUIT', '2': 'SIGINT' };

/** The engine was asked to take the container away: the signals that it sent, oldest first. Another try may do better. */
export function killedFromOutside(signals: readonly string[], exitCode: number): JobFailure {
  const names = [...new Set(signals)].map((signal) => NAMES[signal] ?? `signal ${signal}`);
  const how = signals[0] === '9' ? 'docker kill' : 'docker stop';
  return new JobFailure(
    'runner_system_failure',
    `the build container was ended from outside while its script ran: somebody sent it ${names.join(' and ')} ` +
      `through the engine (as "${how}" does), exit code ${exitCode}`,
  );
}

/** Somebody has taken the container away. */
export const removedFromOutside = (): JobFailure =>
  new JobFailure('runner_system_failure', 'the build container was removed from outside while its script ran');
