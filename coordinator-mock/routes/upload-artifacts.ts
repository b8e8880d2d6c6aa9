import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { endpoints } from '#protocol/endpoints.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { authenticateJob, jobTokenOf, requireExecuting } from '../http/authenticate.ts';
import { HttpError, missingParameter } from '../http/http-error.ts';
import { readQuery } from '../http/request-body.ts';
import { acceptArtifact } from '../store/accept-artifact.ts';
import type { ReceivedFile } from '../store/artifacts.ts';

interface Upload {
  /** From the query and the form; the form wins. */
  readonly fields: Readonly<Record<string, string>>;
  readonly file: ReceivedFile | undefined;
}

/** POST /jobs/:id/artifacts: one multipart part `file`. The body is read to its end before any refusal, so that the answer arrives. */
export function uploadArtifacts(app: FastifyInstance, state: CoordinatorState): void {
  app.post(endpoints.uploadArtifacts.path.replace(':id', ':id(^\\d+$)'), async (request, reply) => {
    const upload = await receive(state, request);
    try {
      const job = authenticateJob(state, request, upload.fields['token'] ?? jobTokenOf(request));
      if (await state.faults.strike('artifacts', request, reply, { job: job.id })) return reply;
      requireExecuting(job, reply);
      if (upload.file === undefined) throw missingParameter('file');
      if (upload.file.tooLarge) throw new HttpError(413);
      await acceptArtifact(job, upload.file, upload.fields);
      return await reply.code(201).send({ id: job.id });
    } catch (error) {
      if (upload.file !== undefined) await state.artifacts.discard(upload.file);
      throw error;
    }
  });
}

async function receive(state: CoordinatorState, request: FastifyRequest): Promise<Upload> {
  const fields: Record<string, string> = readQuery(request);
  if (!request.isMultipart()) return { fields, file: undefined };
  let file: ReceivedFile | undefined;
  for await (const part of request.parts()) {
    if (part.type === 'field') fields[part.fieldname] = String(part.value);
    else if (part.fieldname === 'file' && file === undefined) {
      file = await state.artifacts.receive(part.file, part.filename ?? 'artifacts');
    } else await finished(part.file.resume());
  }
  return { fields, file };
}
