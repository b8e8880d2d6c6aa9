import multipart from '@fastify/multipart';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { apiRoot } from '#protocol/endpoints.ts';
import { isProtocolError } from '#protocol/protocol-error.ts';
import { adminFaults } from './admin/admin-faults.ts';
import { adminJobs } from './admin/admin-jobs.ts';
import { adminPipelines } from './admin/admin-pipelines.ts';
import { adminRunners } from './admin/admin-runners.ts';
import type { CoordinatorState } from './coordinator-state.ts';
import { HttpError, isHttpError } from './http/http-error.ts';
import { isLoopback } from './http/is-loopback.ts';
import { artifactStorage } from './routes/download-artifacts.ts';
import { gitRepositories } from './routes/git-repository.ts';
import { runnerApi } from './routes/runner-api.ts';

const maxBodyBytes = 64 * 1024 * 1024;

/** All routes of the coordinator on one set of rules for bodies, errors and request ids. */
export async function createApp(state: CoordinatorState): Promise<FastifyInstance> {
  const app = fastify({ bodyLimit: maxBodyBytes, forceCloseConnections: true, return503OnClosing: false });
  // Bodies of any type, of DELETE too, are read as bytes: what they are is the route's business.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    const requestId = request.headers['x-request-id'];
    if (requestId !== undefined) reply.header('X-Request-Id', requestId);
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(() => {
    throw new HttpError(404, { error: '404 Not Found' });
  });
  await app.register(
    async (api) => {
      await api.register(multipart, { limits: { fileSize: Number.MAX_SAFE_INTEGER } });
      runnerApi(api, state);
    },
    { prefix: apiRoot },
  );
  await app.register(async (admin) => adminApi(admin, state));
  artifactStorage(app, state);
  await gitRepositories(app, state);
  return app;
}

function adminApi(app: FastifyInstance, state: CoordinatorState): void {
  app.addHook('onRequest', async (request) => {
    if (state.options.adminFromAnywhere || isLoopback(request.raw.socket.remoteAddress)) return;
    throw new HttpError(403, { error: 'the /mock calls are for this machine only' });
  });
  adminRunners(app, state);
  adminJobs(app, state);
  adminPipelines(app, state);
  adminFaults(app, state);
}

function answerError(error: FastifyError | Error, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (isHttpError(error)) return reply.code(error.status).send(error.body);
  if (isProtocolError(error)) return reply.code(400).send({ error: error.message });
  const status = 'statusCode' in error && error.statusCode !== undefined ? error.statusCode : 500;
  return reply.code(status).send({ message: `${status} ${error.message}` });
}
