import { JobFailure } from '../../common/errors/job-failure.ts';
import { DockerError } from '../../docker/docker-error.ts';

/** What the engine says when it cannot run the first program of a container, and what it means to the job's author. */
const CAUSES: readonly (readonly [RegExp, (match: RegExpExecArray, image: string) => string])[] = [
  [
    /exec: "(?:\/bin\/|\/usr\/bin\/)?sh": .*(?:not found|no such file)/,
    (_, image) => `image "${image}" has no shell: the script needs sh or bash in it`,
  ],
  [
    /exec: "([^"]+)": .*(?:not found|no such file)/,
    ([, program], image) => `image "${image}" has no program "${program}": check the entrypoint`,
  ],
  [
    /exec format error/,
    (_, image) => `image "${image}" is made for another processor architecture than this host (exec format error)`,
  ],
  [/unable to find user ([^:]+)/, ([, user], image) => `image "${image}" has no user "${user}"`],
  [/network (\S+) not found/, ([, network]) => `there is no network "${network}" on this host: check network_mode`],
];

/** The job's failure for a container that the engine would not create or start. Other errors pass through. */
export function containerFailure(error: unknown, what: string, image: string): unknown {
  if (!(error instanceof DockerError)) return error;
  for (const [pattern, sentence] of CAUSES) {
    const match = pattern.exec(error.message);
    if (match !== null) return new JobFailure('runner_system_failure', sentence(match, image), { cause: error });
  }
  const reason =
    error.status === 400 && what.startsWith('create') ? 'runner_configuration_error' : 'runner_system_failure';
  return new JobFailure(reason, `the engine could not ${what}: ${error.message}`, { cause: error });
}
