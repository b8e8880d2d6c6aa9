import type { FastifyInstance } from 'fastify';
import { endpoints } from '#protocol/endpoints.ts';
import { parseMessage } from '#protocol/parse.ts';
import { verifyRequestSchema } from '#protocol/runner.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { authenticateRunner } from '../http/authenticate.ts';
import { HttpError } from '../http/http-error.ts';
import { readObject } from '../http/request-body.ts';

/** POST /runners/verify: is this runner token good? Also the registration step for tokens that GitLab's UI hands out. */
export function verifyRunner(app: FastifyInstance, state: CoordinatorState): void {
  app.post(endpoints.verifyRunner.path, async (request, reply) => {
    if (await state.faults.strike('verify', request, reply)) return reply;
    const body = readObject(request);
    const runner = authenticateRunner(state, body);
    if (runner.orphaned === true)
      throw new HttpError(422, { message: '422 Unprocessable Content - Runner is orphaned' });
    const { system_id, info } = parseMessage(verifyRequestSchema, body, 'verification');
    const told = body['info'] !== undefined && body['info'] !== null;
    state.runners.contact(runner, system_id, told ? info.features : undefined);
    return reply.send({ id: runner.id, token: runner.token, token_expires_at: runner.expiresAt ?? null });
  });
}
