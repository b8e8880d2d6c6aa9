import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../common/errors/error-code.ts';
import type { AuthSource } from './auth-source.ts';

/** One credential of the job payload. */
export interface PayloadCredential {
  readonly type: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface AuthInputs {
  /** Content of the job's own DOCKER_AUTH_CONFIG, also where it is a file variable; undefined or empty: none. */
  readonly job?: string | undefined;
  /** DOCKER_AUTH_CONFIG of the runner's `environment`. */
  readonly runner?: string | undefined;
  readonly payload?: readonly PayloadCredential[];
  /** Home of the agent's user. */
  readonly home: string;
  /** DOCKER_CONFIG of the agent's process: the directory of config.json. */
  readonly dockerConfig?: string | undefined;
}

/** All places where credentials of an image may be, highest first. Never throws: what cannot be read says so. */
export async function readAuthSources(inputs: AuthInputs): Promise<AuthSource[]> {
  const { job, runner, payload = [] } = inputs;
  const home = await homeSource(inputs);
  return [
    ...(job ? [{ name: '$DOCKER_AUTH_CONFIG', provenance: 'job', text: job } as const] : []),
    ...(runner
      ? [{ name: '$DOCKER_AUTH_CONFIG (runner environment)', provenance: 'operator', text: runner } as const]
      : []),
    ...(home === undefined ? [] : [home]),
    ...payloadSource(payload),
  ];
}

/** The value of DOCKER_AUTH_CONFIG in a runner's `environment` list; the last one counts. */
export function authConfigOf(environment: readonly string[]): string | undefined {
  const entry = environment.findLast((line) => /^\s*DOCKER_AUTH_CONFIG\s*=/.test(line));
  return entry?.slice(entry.indexOf('=') + 1);
}

/** The first file that exists, as the Docker CLI has it. */
async function homeSource({ home, dockerConfig }: AuthInputs): Promise<AuthSource | undefined> {
  const files = dockerConfig
    ? [join(dockerConfig, 'config.json')]
    : [join(home, '.docker', 'config.json'), join(home, '.dockercfg')];
  for (const name of files) {
    try {
      return { name, provenance: 'operator', text: await readFile(name, 'utf8') };
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        return { name, provenance: 'operator', text: '', problem: `cannot be read (${code ?? 'unknown error'})` };
    }
  }
  return undefined;
}

function payloadSource(payload: readonly PayloadCredential[]): AuthSource[] {
  const usable = payload.filter(({ type }) => type === 'registry');
  if (usable.length === 0) return [];
  // Of two for the same URL the first counts.
  const auths = Object.fromEntries(
    usable.toReversed().map(({ url, username, password }) => [url, { username, password }]),
  );
  return [{ name: 'job payload (GitLab Registry)', provenance: 'coordinator', text: JSON.stringify({ auths }) }];
}
