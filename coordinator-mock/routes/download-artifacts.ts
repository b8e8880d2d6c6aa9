import { createReadStream } from 'node:fs';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { endpoints } from '#protocol/endpoints.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { jobTokenOf } from '../http/authenticate.ts';
import { forbidden, HttpError } from '../http/http-error.ts';
import { asObject, idOf, readQuery } from '../http/request-body.ts';
import type { StoredArtifact } from '../store/artifacts.ts';
import type { JobRecord } from '../store/job-record.ts';

/** Where a redirected download leads, in place of object storage; the last part of a stored file's path is its key. */
const storagePath = '/artifact-storage';

/** GET /jobs/:id/artifacts: the archive of that job, for the token of a running job that may see it. */
export function downloadArtifacts(app: FastifyInstance, state: CoordinatorState): void {
  app.get(endpoints.downloadArtifacts.path.replace(':id', ':id(^\\d+$)'), async (request, reply) => {
    const id = idOf(request);
    if (await state.faults.strike('artifacts_get', request, reply, { job: id })) return reply;
    const asking = state.jobs.byToken(jobTokenOf(request) ?? '');
    if (asking === undefined || !asking.isExecuting) throw new HttpError(401);
    const job = state.jobs.get(id);
    if (job === undefined || !maySee(asking, job)) throw forbidden();
    const archive = job.artifacts.find(({ type }) => type === 'archive');
    if (archive === undefined) throw new HttpError(404);
    if (!state.options.remoteArtifacts || readQuery(request)['direct_download'] !== 'true')
      return sendFile(archive, reply);
    const key = archive.path.split('/').at(-1) ?? '';
    return reply.redirect(`${state.options.advertiseUrl}${storagePath}/${key}`, 302);
  });
}

/** The files behind redirected downloads: whoever knows the key gets the file, as with a signed URL. */
export function artifactStorage(app: FastifyInstance, state: CoordinatorState): void {
  app.get(`${storagePath}/:key`, async (request, reply) => {
    const key = String(asObject(request.params)['key']);
    const stored = state.jobs.all().flatMap((job) => job.artifacts);
    const file = stored.find(({ path }) => path.endsWith(`/${key}`));
    if (file === undefined) throw new HttpError(404);
    return sendFile(file, reply);
  });
}

/** Its own, those it depends on, and those of its project. */
function maySee(asking: JobRecord, job: JobRecord): boolean {
  if (asking.id === job.id || asking.projectId === job.projectId) return true;
  const { dependencies } = asking.payload;
  return Array.isArray(dependencies) && dependencies.some((dependency) => asObject(dependency)['id'] === job.id);
}

function sendFile(artifact: StoredArtifact, reply: FastifyReply): FastifyReply {
  return reply
    .type('application/octet-stream')
    .header('Content-Length', artifact.size)
    .header('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(artifact.filename)}`)
    .send(createReadStream(artifact.path));
}
