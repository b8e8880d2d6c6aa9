import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createReadStream } from 'node:fs';
import { parseMessage } from '#protocol/parse.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { faultSchema } from '../faults.ts';
import { HttpError } from '../http/http-error.ts';
import { asObject, idOf, readObject, readQuery } from '../http/request-body.ts';
import { bareJob } from '../payload/bare-job.ts';
import type { JobRecord } from '../store/job-record.ts';
import { readCommit } from '../projects/read-commit.ts';

const defaultWaitSeconds = 60;
const jobPath = '/mock/jobs/:id(^\\d+$)';

/** /mock/jobs: queue single jobs, watch them, cancel them. */
export function adminJobs(app: FastifyInstance, state: CoordinatorState): void {
  app.post('/mock/jobs', async (request, reply) => {
    const job = await queueJob(state, readObject(request));
    return reply.code(201).send({ id: job.id, token: job.token });
  });

  app.get(jobPath, async (request) => find(state, request).view());

  app.get(`${jobPath}/wait`, async (request, reply) => {
    const job = find(state, request);
    const seconds = Number(readQuery(request)['s'] ?? defaultWaitSeconds);
    await state.jobs.ended(job, seconds, hangUpOf(reply));
    return job.view();
  });

  app.get(`${jobPath}/trace`, async (request, reply) =>
    reply.type('text/plain; charset=utf-8').send(find(state, request).trace.bytes()),
  );

  app.get(`${jobPath}/artifacts/:type`, async (request, reply) => {
    const { type } = asObject(request.params);
    const artifact = find(state, request).artifacts.find((stored) => stored.type === type);
    if (artifact === undefined) throw new HttpError(404, { error: 'no such artifact' });
    return reply.type('application/octet-stream').send(createReadStream(artifact.path));
  });

  app.post(`${jobPath}/cancel`, async (request) => {
    const job = find(state, request);
    state.jobs.cancel(job, readObject(request)['force'] === true);
    return { id: job.id, state: job.state };
  });

  app.post(`${jobPath}/play`, async (request) => {
    const job = find(state, request);
    if (!state.pipelines.play(job)) throw new HttpError(409, { error: 'the job does not wait for a person' });
    return { id: job.id, state: job.state };
  });
}

async function queueJob(state: CoordinatorState, changes: Record<string, unknown>): Promise<JobRecord> {
  const project = state.projects.default;
  const commit = project === undefined ? undefined : await readCommit(project);
  const identity = state.jobs.newIdentity();
  const job = bareJob({ identity, serverUrl: state.options.advertiseUrl, project, commit }, changes);
  for (const fault of job.options.faults) {
    state.faults.add(parseMessage(faultSchema, { ...fault, job: job.id }, '_opts.faults'));
  }
  const record = state.jobs.add(job);
  state.jobs.enqueue(record);
  return record;
}

function find(state: CoordinatorState, request: FastifyRequest): JobRecord {
  const job = state.jobs.get(idOf(request));
  if (job === undefined) throw new HttpError(404, { error: 'no such job' });
  return job;
}

/** Aborts when the caller closes the connection. */
function hangUpOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
