import type { FastifyInstance } from 'fastify';
import { endpoints } from '#protocol/endpoints.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { authenticateRunner } from '../http/authenticate.ts';
import { forbidden, HttpError } from '../http/http-error.ts';
import { idOf, readObject } from '../http/request-body.ts';
import type { RunnerRecord } from '../store/runners.ts';

/** POST /runners/reset_authentication_token by the token itself, and by runner id for a personal access token. */
export function resetToken(app: FastifyInstance, state: CoordinatorState): void {
  const reset = (runner: RunnerRecord) => ({
    token: state.runners.resetToken(runner),
    token_expires_at: runner.expiresAt ?? null,
  });

  app.post(endpoints.resetToken.path, async (request, reply) => {
    if (await state.faults.strike('reset', request, reply)) return reply;
    return reply.code(201).send(reset(authenticateRunner(state, readObject(request))));
  });

  app.post(endpoints.resetTokenById.path.replace(':id', ':id(^\\d+$)'), async (request, reply) => {
    if (await state.faults.strike('reset', request, reply)) return reply;
    const wanted = state.options.personalAccessToken;
    if (wanted === undefined || request.headers['private-token'] !== wanted) throw forbidden();
    const runner = state.runners.byId(idOf(request));
    if (runner === undefined) throw new HttpError(404, { message: '404 Runner Not Found' });
    return reply.code(201).send(reset(runner));
  });
}
