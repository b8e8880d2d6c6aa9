import type { ImageSpec } from '#protocol/image-spec.ts';
import type { JobPayload } from '#protocol/job.ts';
import { JobFailure } from '../../common/errors/job-failure.ts';

/** What a job is reported with that asks for what no image or script of it could mend. */
const UNSUPPORTED_EXIT_CODE = 3;
const KNOWN_OPTIONS: readonly string[] = ['platform', 'user'];

/** @throws {JobFailure} for a job that cannot be run as it is meant */
export function refuseUnsupported(payload: JobPayload): void {
  if (payload.run !== undefined) refuse('"run:" steps are not supported by this agent: use "script:"');
  if (Object.keys(payload.secrets).length > 0)
    refuse(`secrets are not supported by this agent: ${Object.keys(payload.secrets).join(', ')}`);
  const images: [string, ImageSpec | undefined][] = [
    ['image', payload.image],
    ...payload.services.map((service, index): [string, ImageSpec] => [`services[${index}]`, service]),
  ];
  for (const [where, image] of images) refuseOptions(where, image);
}

/** Features that the job loses, one line each. */
export function unsupportedParts(payload: JobPayload): string[] {
  const parts: [string, boolean][] = [
    ['artifacts: nothing is uploaded', payload.artifacts.some((entry) => entry.untracked || entry.paths.length > 0)],
    ['dependencies: no artifacts are downloaded', payload.dependencies.some((job) => job.artifacts_file !== undefined)],
    ['cache: nothing is restored or saved', payload.cache.some((entry) => entry.untracked || entry.paths.length > 0)],
    ['inputs: they are not interpolated', payload.inputs.length > 0],
  ];
  return parts.filter(([, asked]) => asked).map(([text]) => `Not supported by this version of the agent: ${text}`);
}

function refuseOptions(where: string, image: ImageSpec | undefined): void {
  const options = image?.executor_opts ?? {};
  const unknown = [
    ...Object.keys(options).filter((key) => key !== 'docker' && key !== 'kubernetes'),
    ...Object.keys(options.docker ?? {})
      .filter((key) => !KNOWN_OPTIONS.includes(key))
      .map((key) => `docker.${key}`),
  ];
  if (unknown.length > 0)
    refuse(
      `${where} has executor options that are not supported: ${unknown.join(', ')}; known are docker.platform, docker.user`,
    );
}

function refuse(sentence: string): never {
  throw new JobFailure('runner_system_failure', sentence, { exitCode: UNSUPPORTED_EXIT_CODE });
}
