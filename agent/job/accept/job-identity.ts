import { createHash } from 'node:crypto';
import type { JobPayload } from '#protocol/job.ts';
import { shortToken } from '../../common/short-token.ts';
import type { RunnerConfig } from '../../config/schema/runner.ts';
import type { Slot } from '../job-handler.ts';

/** Longest name of a host (RFC 1123). */
const HOST_NAME_LENGTH = 63;

/** Who runs which job in which place: all that names are made of. */
export interface JobIdentity {
  readonly payload: JobPayload;
  readonly runner: RunnerConfig;
  readonly slot: Slot;
  readonly systemId: string;
  /** The id that the agent keeps in its state directory. */
  readonly instance: string;
}

/** Name that all jobs of one project and slot share, usable as a host name. */
export function projectUniqueName({ payload, runner, slot }: JobIdentity): string {
  const name = `runner-${shortToken(runner.token)}-project-${payload.job_info.project_id}-concurrent-${slot.projectSlot}`;
  return name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '')
    .slice(0, HOST_NAME_LENGTH);
}

/** Start of the names of this job's containers and temporary volumes: the same for every process that has the job. */
export const namePrefix = (identity: JobIdentity): string =>
  `${projectUniqueName(identity)}-${jobHash(identity, 'name').slice(0, 16)}`;

/** In the marks of the job's scripts. */
export const jobNonce = (identity: JobIdentity): string => jobHash(identity, 'nonce').slice(0, 32);

/** Differs for every job that is handed out; the job token, which nobody else knows, makes it so. */
function jobHash({ payload, runner, instance }: JobIdentity, purpose: string): string {
  const facts = [purpose, instance, runner.url, payload.id, payload.token];
  return createHash('sha256').update(facts.join('\0')).digest('hex');
}

export function networkName({ payload, runner, slot }: JobIdentity): string {
  return `runner-${shortToken(runner.token)}-${payload.job_info.project_id}-${slot.projectSlot}-${payload.id}`;
}

/** 32 hex digits that the reusable volumes of one runner, project and slot have in common. */
export function reuseKey({ payload, runner, slot, systemId }: JobIdentity): string {
  const facts = [runner.token, systemId, payload.job_info.project_id, slot.projectSlot].join('\0');
  return createHash('sha256').update(facts).digest('hex').slice(0, 32);
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Whether the ref is protected. Only the server's own word counts: a job can define the variable again, but not first. */
export function isProtected(payload: JobPayload): boolean {
  const first = payload.variables.find((variable) => variable.key === 'CI_COMMIT_REF_PROTECTED');
  return payload.git_info.protected ?? first?.value === 'true';
}
