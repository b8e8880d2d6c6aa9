import { once } from 'node:events';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { endpoints } from '#protocol/endpoints.ts';
import { parseMessage } from '#protocol/parse.ts';
import { jobRequestSchema } from '#protocol/runner.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { authenticateRunner } from '../http/authenticate.ts';
import { HttpError } from '../http/http-error.ts';
import { asObject, readObject, type JsonObject } from '../http/request-body.ts';
import { runnerVariables } from '../payload/job-variables.ts';
import type { JobRecord } from '../store/job-record.ts';
import { requiredFeatures } from '../store/required-features.ts';
import { mayRun, type RunnerManager, type RunnerRecord } from '../store/runners.ts';

const maxRequestBytes = 32 * 1024;

/** POST /jobs/request: hands out the oldest job that fits, or 204. */
export function requestJob(app: FastifyInstance, state: CoordinatorState): void {
  app.post(endpoints.requestJob.path, { bodyLimit: maxRequestBytes }, async (request, reply) => {
    if (await state.faults.strike('jobs/request', request, reply)) return reply;
    const body = readObject(request);
    const runner = authenticateRunner(state, body);
    if (runner.orphaned === true)
      throw new HttpError(422, { message: '422 Unprocessable Content - Runner is orphaned' });
    const { system_id, info, last_update } = parseMessage(jobRequestSchema, body, 'job request');
    const told = asObject(body['info'])['features'] !== undefined;
    const manager = state.runners.contact(runner, system_id, told ? info.features : undefined);
    if (state.options.longPollSeconds > 0 && last_update === runner.queueValue) {
      await queueChange(state, runner, reply);
      return reply.code(204).header('Gitlab-Ci-Builds-Polling', 'yes').send();
    }
    // Whoever has hung up meanwhile must not get a job: it would be lost.
    if (request.raw.socket.destroyed) return reply.code(204).send();
    const job = takeJob(state, runner, manager);
    if (job === undefined) return reply.code(204).header('X-GitLab-Last-Update', runner.queueValue).send();
    return sendJob(job, runner, reply);
  });
}

/** Resolves when there may be a job for the runner, the time of a long poll is over or the caller has gone. */
async function queueChange(state: CoordinatorState, runner: RunnerRecord, reply: FastifyReply): Promise<void> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const stop = AbortSignal.any([gone.signal, AbortSignal.timeout(state.options.longPollSeconds * 1000)]);
  await once(state.runners.events, `tick:${runner.id}`, { signal: stop }).catch(() => undefined);
}

/** The oldest job that the runner may and can run. One that it may run but cannot is failed: GitLab never hands it out either. */
function takeJob(state: CoordinatorState, runner: RunnerRecord, manager: RunnerManager): JobRecord | undefined {
  for (const job of state.jobs.pending()) {
    if (!mayRun(runner, job)) continue;
    if (requiredFeatures(job).every((feature) => manager.features[feature] === true)) {
      state.jobs.handOut(job, runner.id, manager.features['cancel_gracefully'] === true);
      return job;
    }
    state.jobs.end(job, { state: 'failed', failureReason: 'runner_unsupported' });
  }
  return undefined;
}

function sendJob(job: JobRecord, runner: RunnerRecord, reply: FastifyReply): FastifyReply {
  const text = job.options.answer ?? JSON.stringify(payloadFor(job, runner));
  return reply.code(201).type(job.options.answer_type).send(Buffer.from(text));
}

/** The payload with what is known only now: the runner's own time limit and, unless a test wrote the payload, its variables. */
function payloadFor(job: JobRecord, runner: RunnerRecord): JsonObject {
  const payload = limitTimeout(job.payload, runner.maximumTimeout);
  const { variables } = payload;
  if (job.pipelineId === undefined || !Array.isArray(variables)) return payload;
  return { ...payload, variables: [...runnerVariables(runner), ...variables] };
}

function limitTimeout(payload: JsonObject, maximum: number | undefined): JsonObject {
  const info = asObject(payload['runner_info']);
  const own = info['timeout'];
  if (maximum === undefined || typeof own !== 'number') return payload;
  return { ...payload, runner_info: { ...info, timeout: Math.min(own, maximum) } };
}
