import type { FastifyInstance, FastifyReply } from 'fastify';
import { endpoints } from '#protocol/endpoints.ts';
import { jobUpdateSchema, type JobUpdate } from '#protocol/job-update.ts';
import { parseMessage } from '#protocol/parse.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { authenticateJob, requireExecuting } from '../http/authenticate.ts';
import { HttpError, missingParameter } from '../http/http-error.ts';
import { readObject, textField, type JsonObject } from '../http/request-body.ts';
import { knownFailureReason } from '../store/known-failure-reasons.ts';
import type { JobRecord } from '../store/job-record.ts';

const longestWaitSeconds = 64;

/** PUT /jobs/:id: keep-alives and the final state. The token must be in the body. */
export function updateJob(app: FastifyInstance, state: CoordinatorState): void {
  app.put(endpoints.updateJob.path.replace(':id', ':id(^\\d+$)'), async (request, reply) => {
    const body = readObject(request);
    const token = textField(body, 'token');
    if (token === undefined) throw missingParameter('token');
    const job = authenticateJob(state, request, token);
    const scope = { job: job.id, state: textField(body, 'state') };
    if (await state.faults.strike('put', request, reply, scope)) return reply;
    job.updates.push({ t: state.clock.seconds(), ...withoutSecrets(body) });
    requireExecuting(job, reply);
    const update = readUpdate(body);
    return update.state === 'running' ? reply.send() : finish(state, job, update, reply);
  });
}

const withoutSecrets = ({ token: _token, info: _info, ...shown }: JsonObject): JsonObject => shown;

function readUpdate(body: JsonObject): JobUpdate {
  const known: unknown[] = jobUpdateSchema.shape.state.options;
  if (!known.includes(body['state'])) throw new HttpError(400, { error: 'state does not have a valid value' });
  return parseMessage(jobUpdateSchema, body, 'job update');
}

function finish(state: CoordinatorState, job: JobRecord, update: JobUpdate, reply: FastifyReply): FastifyReply {
  const checksum = update.output?.checksum ?? update.checksum;
  const size = update.output?.bytesize ?? job.trace.size;
  job.checksumOk = checksum === job.trace.checksum && size === job.trace.size;
  const scripted = job.options.final.shift();
  if (scripted === 412) job.trace.truncate(0);
  if (scripted !== undefined) {
    if (scripted === 202) reply.header('X-GitLab-Trace-Update-Interval', '1');
    return reply.code(scripted).send();
  }
  if (checksum !== undefined && job.waitsForTrace < (job.options.force202 ?? 0)) {
    const wait = Math.min(2 ** job.waitsForTrace, longestWaitSeconds);
    job.waitsForTrace += 1;
    return reply.code(202).header('X-GitLab-Trace-Update-Interval', wait).send();
  }
  end(state, job, update);
  return reply.header('Job-Status', job.status).send();
}

function end(state: CoordinatorState, job: JobRecord, update: JobUpdate): void {
  if (update.state !== 'failed') return state.jobs.end(job, { state: 'success', exitCode: update.exit_code });
  const allowed = job.options.allow_failure;
  if (typeof allowed === 'object') job.allowFailure = allowed.exit_codes.includes(update.exit_code ?? 0);
  const failureReason = knownFailureReason(job, update.failure_reason);
  state.jobs.end(job, { state: 'failed', failureReason, exitCode: update.exit_code });
}
