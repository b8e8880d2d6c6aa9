import type { FastifyInstance } from 'fastify';
import { parseMessage } from '#protocol/parse.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { faultSchema } from '../faults.ts';
import { readObject } from '../http/request-body.ts';

/** /mock/faults: make an endpoint misbehave, or let all behave again. */
export function adminFaults(app: FastifyInstance, state: CoordinatorState): void {
  app.post('/mock/faults', async (request, reply) => {
    state.faults.add(parseMessage(faultSchema, readObject(request), 'fault'));
    return reply.code(201).send({});
  });

  app.delete('/mock/faults', async () => {
    state.faults.clear();
    return {};
  });
}
