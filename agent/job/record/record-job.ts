import { isProtocolError, ProtocolError } from '#protocol/protocol-error.ts';
import { jobPayloadSchema } from '#protocol/job.ts';
import { parseMessage } from '#protocol/parse.ts';
import { runnerSchema, type RunnerConfig } from '../../config/schema/runner.ts';
import type { ReceivedJob } from '../../coordinator/job-offer.ts';
import { JobRecord } from '../../journal/job-record.ts';
import { momentNow } from '../../journal/moment.ts';
import type { RecordedJob } from '../../journal/recorded-job.ts';
import { wholeLines } from '../../trace/resume/whole-trace.ts';
import type { JobAssignment } from '../job-handler.ts';
import { traceLook } from '../trace-options.ts';

/** Writes a received job down before anybody is told that we have it. Throws the system's error. */
export function recordJob({ received, runner, slot }: JobAssignment, stateDir: string): JobRecord {
  const { id, token, failureReasons, payload } = received;
  return JobRecord.create(stateDir, {
    id,
    token,
    receivedAt: momentNow(),
    slot,
    failureReasons: [...failureReasons],
    runner,
    ...(isProtocolError(payload) ? { payload: null, problem: problemOf(payload) } : { payload }),
  });
}

/**
 * What an earlier process has left of a job, ready to be gone on with.
 * @throws {UnreadableRecordError}
 */
export const openRecord = (path: string): JobRecord =>
  JobRecord.open(path, (trace, job) =>
    traceLook(receivedJob(job), recordedRunner(job)).timestamps ? wholeLines(trace) : trace.length,
  );

/** The job as it was received. */
export function receivedJob({ id, token, failureReasons, payload, problem }: RecordedJob): ReceivedJob {
  return { id, token, failureReasons, payload: problem === undefined ? readPayload(payload) : errorOf(problem) };
}

/** The runner's settings as they were then; what a newer version has added has its default. */
export function recordedRunner({ runner }: RecordedJob): RunnerConfig {
  const defaults = runnerSchema.parse({ url: runner.url, token: runner.token });
  const stored = runner as Partial<RunnerConfig>;
  return { ...defaults, ...stored, docker: { ...defaults.docker, ...stored.docker } };
}

function readPayload(payload: unknown): ReceivedJob['payload'] {
  try {
    return parseMessage(jobPayloadSchema, payload, 'job payload');
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
}

const problemOf = ({ what, path, expected, found }: ProtocolError): NonNullable<RecordedJob['problem']> => ({
  what,
  path,
  expected,
  found,
});

const errorOf = ({ what, path, expected, found }: NonNullable<RecordedJob['problem']>): ProtocolError =>
  new ProtocolError(what, path, expected, found);
