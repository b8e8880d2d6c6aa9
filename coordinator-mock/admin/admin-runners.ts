import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { optional } from '#protocol/lenient.ts';
import { parseMessage } from '#protocol/parse.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { HttpError } from '../http/http-error.ts';
import { idOf, readObject, type JsonObject } from '../http/request-body.ts';
import type { RunnerOptions, RunnerRecord } from '../store/runners.ts';

const runnerSchema = z.object({
  token: optional(z.string().min(1)),
  tags: optional(z.array(z.string())),
  run_untagged: optional(z.boolean()),
  paused: optional(z.boolean()),
  locked: optional(z.boolean()),
  orphaned: optional(z.boolean()),
  description: optional(z.string()),
  maximum_timeout: optional(z.int().positive()),
  expires_at: optional(z.iso.datetime()),
});

/** /mock/runners: make, list and pause runners. */
export function adminRunners(app: FastifyInstance, state: CoordinatorState): void {
  app.post('/mock/runners', async (request, reply) => {
    const asked = parseMessage(runnerSchema, readObject(request), 'runner');
    const runner = state.runners.add(optionsOf(asked));
    return reply.code(201).send({ id: runner.id, token: runner.token });
  });

  app.get('/mock/runners', async () => state.runners.all().map(view));

  app.patch('/mock/runners/:id', async (request) => {
    const runner = state.runners.byId(idOf(request));
    if (runner === undefined) throw new HttpError(404, { error: 'no such runner' });
    const { paused } = parseMessage(runnerSchema.pick({ paused: true }), readObject(request), 'runner');
    runner.paused = paused ?? runner.paused;
    state.runners.tickRunner(runner);
    return view(runner);
  });
}

function optionsOf(asked: z.infer<typeof runnerSchema>): RunnerOptions {
  const renamed = {
    ...asked,
    runUntagged: asked.run_untagged,
    maximumTimeout: asked.maximum_timeout,
    expiresAt: asked.expires_at,
  };
  // Absent is not the same as undefined for the types of RunnerOptions.
  return Object.fromEntries(Object.entries(renamed).filter(([, value]) => value !== undefined));
}

/** Without the token: whoever made the runner knows it. */
function view(runner: RunnerRecord): JsonObject {
  const { id, description = null, tags, runUntagged = true, paused, locked = false } = runner;
  const managers = [...runner.managers.values()];
  return { id, description, tags, run_untagged: runUntagged, paused, locked, managers };
}
