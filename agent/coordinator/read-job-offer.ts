import { jobIdentitySchema, jobPayloadSchema, type JobIdentity } from '#protocol/job.ts';
import { parseMessage } from '#protocol/parse.ts';
import { isProtocolError, ProtocolError } from '#protocol/protocol-error.ts';
import { noAnswer } from './coordinator-error.ts';
import type { HttpResponse } from './http-transport.ts';
import type { JobOffer, ReceivedJob } from './job-offer.ts';
import { serverMessage } from './read-job-reply.ts';

const what = 'job payload';

/** What the answer to a job request means. Never throws: a job that cannot be read is still a job that was handed out. */
export function readJobOffer(response: HttpResponse): JobOffer {
  const { status, headers } = response;
  if (status === 204) return { kind: 'none', lastUpdate: headers['x-gitlab-last-update'] || undefined };
  if (status === 403) return { kind: 'refused', message: serverMessage(response) };
  if (status !== 201) return { kind: 'error', status, message: serverMessage(response) };
  return readJob(response);
}

function readJob({ headers, body }: HttpResponse): JobOffer {
  const value = decodeJson(body);
  const type = headers['content-type'] ?? '';
  if (value === undefined || !/^application\/json\b/i.test(type)) {
    const found = value === undefined ? 'text that is no JSON' : `the content type ${type || 'of nothing'}`;
    return unreadable(value ?? openingOf(body), new ProtocolError(what, '', 'a JSON document', found));
  }
  try {
    const payload = parseMessage(jobPayloadSchema, value, what);
    return offer(payload, { payload, failureReasons: payload.features.failure_reasons });
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    return unreadable(value, error);
  }
}

function unreadable(value: unknown, payload: ProtocolError): JobOffer {
  const identity = jobIdentitySchema.safeParse(value);
  if (!identity.success) return { kind: 'error', status: noAnswer, message: payload.message };
  return offer(identity.data, { payload, failureReasons: knownReasons(value) });
}

const offer = ({ id, token }: JobIdentity, rest: Omit<ReceivedJob, 'id' | 'token'>): JobOffer => ({
  kind: 'job',
  job: { id, token, ...rest },
});

/** An answer that was cut off still begins with the two fields that name the job. */
function openingOf(body: string): unknown {
  const match = /^\s*\{\s*"id"\s*:\s*(\d{1,15})\s*,\s*"token"\s*:\s*("(?:[^"\\]|\\.)*")\s*,/.exec(body);
  return match === null ? undefined : { id: Number(match[1]), token: decodeJson(match[2] ?? '') };
}

function knownReasons(value: unknown): readonly string[] {
  const features: unknown = Object(Reflect.get(Object(value), 'features'));
  const reasons: unknown = Reflect.get(Object(features), 'failure_reasons');
  return Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [];
}

/** Undefined for text that is no JSON. */
function decodeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
