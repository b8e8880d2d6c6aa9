import type { FastifyInstance } from 'fastify';
import { endpoints } from '#protocol/endpoints.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { authenticateRunner } from '../http/authenticate.ts';
import { HttpError, missingParameter } from '../http/http-error.ts';
import { readObject, textField } from '../http/request-body.ts';

/** DELETE /runners and DELETE /runners/managers: the runner, or one of its managers, is no more. */
export function unregisterRunner(app: FastifyInstance, state: CoordinatorState): void {
  app.delete(endpoints.unregisterRunner.path, async (request, reply) => {
    if (await state.faults.strike('unregister', request, reply)) return reply;
    state.runners.remove(authenticateRunner(state, readObject(request)));
    return reply.code(204).send();
  });

  app.delete(endpoints.unregisterManager.path, async (request, reply) => {
    if (await state.faults.strike('unregister', request, reply)) return reply;
    const body = readObject(request);
    const runner = authenticateRunner(state, body);
    const systemId = textField(body, 'system_id');
    if (systemId === undefined) throw missingParameter('system_id');
    if (!runner.managers.delete(systemId)) throw new HttpError(404);
    return reply.code(204).send();
  });
}
