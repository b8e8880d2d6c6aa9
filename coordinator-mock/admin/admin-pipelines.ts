import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { map, optional } from '#protocol/lenient.ts';
import { parseMessage } from '#protocol/parse.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { HttpError } from '../http/http-error.ts';
import { idOf, readObject } from '../http/request-body.ts';
import { isJobYamlError } from '../pipeline/job-yaml-error.ts';
import { startPipeline, type PipelineRequest } from '../start-pipeline.ts';
import type { PipelineRecord } from '../store/pipeline-record.ts';

const pipelineSchema = z.object({
  project_dir: z.string().min(1),
  pipeline_file: optional(z.string().min(1)),
  ref: optional(z.string().min(1)),
  variables: map(z.string()),
});

/** /mock/pipelines: start a pipeline from a project's job file, watch it, cancel it. */
export function adminPipelines(app: FastifyInstance, state: CoordinatorState): void {
  app.post('/mock/pipelines', async (request, reply) => {
    const asked = parseMessage(pipelineSchema, readObject(request), 'pipeline');
    const variables = Object.entries(asked.variables).map(([key, value]) => ({ key, value }));
    const { project_dir: projectDir, pipeline_file: pipelineFile, ref } = asked;
    const record = await start(state, { projectDir, pipelineFile, ref, variables });
    return reply.code(201).send(record.view());
  });

  app.get('/mock/pipelines/:id', async (request) => find(state, request).view());

  app.post('/mock/pipelines/:id/cancel', async (request) => {
    const record = find(state, request);
    state.pipelines.cancel(record);
    return record.view();
  });
}

/** What is wrong with a job file or a project is the caller's to mend: 400 with the sentence, and the place in the file. */
async function start(state: CoordinatorState, request: PipelineRequest): Promise<PipelineRecord> {
  try {
    return await startPipeline(state, request);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const place = isJobYamlError(error) ? { file: error.file, line: error.line, column: error.column } : {};
    throw new HttpError(400, { error: error.message, ...place });
  }
}

function find(state: CoordinatorState, request: FastifyRequest): PipelineRecord {
  const record = state.pipelines.get(idOf(request));
  if (record === undefined) throw new HttpError(404, { error: 'no such pipeline' });
  return record;
}
