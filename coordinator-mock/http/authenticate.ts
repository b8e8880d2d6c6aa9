import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CoordinatorState } from '../coordinator-state.ts';
import type { JobRecord } from '../store/job-record.ts';
import type { RunnerRecord } from '../store/runners.ts';
import { forbidden, missingParameter } from './http-error.ts';
import { idOf, readQuery, textField, type JsonObject } from './request-body.ts';

/** The runner whose token is in the body: GitLab does not look at the header. 400 without a token, 403 for a bad one. */
export function authenticateRunner(state: CoordinatorState, body: JsonObject): RunnerRecord {
  const token = textField(body, 'token');
  if (token === undefined) throw missingParameter('token');
  const runner = state.runners.authenticate(token);
  if (runner === undefined) throw forbidden();
  return runner;
}

/** The job token of a call that may carry it as header or parameter. */
export function jobTokenOf(request: FastifyRequest): string | undefined {
  const header = request.headers['job-token'];
  return readQuery(request)['token'] ?? (typeof header === 'string' && header !== '' ? header : undefined);
}

/** The job of the path if the token is its own; 403 otherwise, be it unknown or another's. */
export function authenticateJob(
  state: CoordinatorState,
  request: FastifyRequest,
  token: string | undefined,
): JobRecord {
  const job = state.jobs.get(idOf(request));
  if (job === undefined || token === undefined || job.token !== token) throw forbidden();
  return job;
}

/** Says in Job-Status what the coordinator thinks of the job, and refuses a call for one that is not running. */
export function requireExecuting(job: JobRecord, reply: FastifyReply): void {
  reply.header('Job-Status', job.status);
  if (!job.isExecuting) throw forbidden('Job is not processing on runner');
}
