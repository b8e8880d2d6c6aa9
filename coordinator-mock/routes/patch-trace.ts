import type { FastifyInstance, FastifyReply } from 'fastify';
import { endpoints } from '#protocol/endpoints.ts';
import { formatRange, parseContentRange } from '#protocol/trace.ts';
import type { CoordinatorState } from '../coordinator-state.ts';
import { authenticateJob, jobTokenOf, requireExecuting } from '../http/authenticate.ts';
import { forbidden, HttpError } from '../http/http-error.ts';
import { readBytes } from '../http/request-body.ts';
import type { JobRecord } from '../store/job-record.ts';

const maxPatchBytes = 32 * 1024 * 1024;

/** PATCH /jobs/:id/trace: the next piece of a job's trace. Only its start counts, and it must be where the trace ends. */
export function patchTrace(app: FastifyInstance, state: CoordinatorState): void {
  const path = endpoints.patchTrace.path.replace(':id', ':id(^\\d+$)');
  app.patch(path, { bodyLimit: maxPatchBytes }, async (request, reply) => {
    const job = authenticateJob(state, request, jobTokenOf(request));
    if (await state.faults.strike('trace', request, reply, { job: job.id })) return reply;
    requireExecuting(job, reply);
    const range = parseContentRange(request.headers['content-range'] ?? '');
    if (range === undefined) throw new HttpError(400, { error: '400 Missing header Content-Range' });
    loseAsAsked(job);
    if (range.start !== job.trace.size) {
      reply.header('Range', formatRange(job.trace.size));
      throw new HttpError(416, { error: '416 Range Not Satisfiable' });
    }
    const bytes = readBytes(request);
    if (job.trace.size + bytes.length > state.options.traceLimitBytes) throw refuseLongTrace(state, job, reply);
    state.jobs.appendTrace(job, bytes);
    reply.header('Range', formatRange(job.trace.size));
    return reply.code(202).header('X-GitLab-Trace-Update-Interval', intervalOf(state, job)).send();
  });
}

/** `_opts.lose`: what a coordinator does that has lost a part of the trace, once. */
function loseAsAsked(job: JobRecord): void {
  const { lose } = job.options;
  if (lose === undefined || job.trace.size < lose.at) return;
  job.trace.truncate(lose.to);
  delete job.options.lose;
}

function refuseLongTrace(state: CoordinatorState, job: JobRecord, reply: FastifyReply): HttpError {
  state.jobs.end(job, { state: 'failed', failureReason: 'trace_size_exceeded' });
  reply.header('Job-Status', job.status);
  return forbidden('Job log limit exceeded');
}

function intervalOf(state: CoordinatorState, job: JobRecord): number | string {
  if (job.options.interval !== undefined) return job.options.interval;
  if (state.options.traceInterval !== 'watched') return state.options.traceInterval;
  return state.isWatched(job.id) ? 3 : 60;
}
