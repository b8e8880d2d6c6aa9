import type { FastifyInstance } from 'fastify';
import { endpoints } from '#protocol/endpoints.ts';
import { parseMessage } from '#protocol/parse.ts';
import { registerRequestSchema, type RegisterRequest } from '#protocol/runner.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { forbidden, HttpError, missingParameter } from '../http/http-error.ts';
import { readObject, textField } from '../http/request-body.ts';
import type { RunnerOptions } from '../store/runners.ts';

/** POST /runners: a registration token buys a runner. */
export function registerRunner(app: FastifyInstance, state: CoordinatorState): void {
  app.post(endpoints.registerRunner.path, async (request, reply) => {
    if (await state.faults.strike('register', request, reply)) return reply;
    const body = readObject(request);
    const token = textField(body, 'token');
    if (token === undefined) throw missingParameter('token');
    const { registrationToken, runnerLimit } = state.options;
    if (registrationToken === undefined)
      throw new HttpError(410, { message: '410 Gone - registration tokens are off' });
    if (token !== registrationToken) throw forbidden('invalid token supplied');
    if (runnerLimit !== undefined && state.runners.all().length >= runnerLimit) {
      const reason = `Maximum number of registered runners (${runnerLimit}) exceeded`;
      throw new HttpError(400, { message: { 'runner_projects.base': [reason] } });
    }
    const runner = state.runners.add(optionsOf(parseMessage(registerRequestSchema, body, 'registration')));
    return reply.code(201).send({ id: runner.id, token: runner.token, token_expires_at: runner.expiresAt ?? null });
  });
}

function optionsOf(request: RegisterRequest): RunnerOptions {
  return {
    tags: (request.tag_list ?? '')
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    runUntagged: request.run_untagged,
    paused: request.paused,
    locked: request.locked,
    ...(request.description === undefined ? {} : { description: request.description }),
    ...(request.maximum_timeout === undefined ? {} : { maximumTimeout: request.maximum_timeout }),
  };
}
