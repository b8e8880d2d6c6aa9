import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CoordinatorState } from '../coordinator-state.ts';
import { forbidden, HttpError } from '../http/http-error.ts';
import { relayCgi } from '../http/relay-cgi.ts';
import { gitEnvironment } from '../projects/run-git.ts';

const repositoryUrl = /^\/(?<path>.+?)\.git(?<inside>\/[^?]*)(?:\?(?<query>.*))?$/;
const served = ['/info/refs', '/git-upload-pack'];

/** The projects' repositories over git's smart HTTP: to read, for the token of a running job. */
export async function gitRepositories(app: FastifyInstance, state: CoordinatorState): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    const options = { method: ['GET', 'POST'], url: '/*', exposeHeadRoute: false };
    scope.route({
      ...options,
      handler: async (request, reply) => {
        const match = repositoryUrl.exec(request.url);
        if (match?.groups === undefined) throw new HttpError(404, { error: '404 Not Found' });
        if (!holdsJobToken(state, request)) {
          const text = 'HTTP Basic: Access denied. Use the user gitlab-ci-token and the token of a running job.\n';
          return reply.code(401).header('WWW-Authenticate', 'Basic realm="GitLab"').type('text/plain').send(text);
        }
        if (await state.faults.strike('git', request, reply)) return reply;
        const { path = '', inside = '', query = '' } = match.groups;
        if (inside === '/git-receive-pack' || query === 'service=git-receive-pack')
          throw forbidden('job tokens may only read');
        const project = state.projects.byPath(path) ?? state.projects.default;
        if (project === undefined || !served.includes(inside)) throw new HttpError(404);
        reply.hijack();
        serve({ repository: project.repository, inside, query }, request.raw, reply.raw);
        return reply;
      },
    });
  });
}

function holdsJobToken(state: CoordinatorState, request: FastifyRequest): boolean {
  const [scheme, encoded = ''] = (request.headers.authorization ?? '').split(' ');
  const [user, ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const job = state.jobs.byToken(password.join(':'));
  return scheme?.toLowerCase() === 'basic' && user === 'gitlab-ci-token' && job?.isExecuting === true;
}

interface RepositoryCall {
  readonly repository: string;
  readonly inside: string;
  readonly query: string;
}

/** Lets `git http-backend` answer. Both directions are streams: a pack is never held in memory. */
function serve(call: RepositoryCall, request: IncomingMessage, response: ServerResponse): void {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const environment = {
    ...process.env,
    ...gitEnvironment,
    GIT_PROJECT_ROOT: call.repository,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: call.inside,
    QUERY_STRING: call.query,
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
    REMOTE_USER: 'gitlab-ci-token',
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
  };
  relayCgi(spawn('git', ['http-backend'], { env: environment, stdio: ['pipe', 'pipe', 'ignore'] }), request, response);
}
