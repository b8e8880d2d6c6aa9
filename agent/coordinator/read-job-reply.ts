import { parseRange } from '#protocol/trace.ts';
import type { JobReply } from './coordinator.ts';
import { noAnswer } from './coordinator-error.ts';
import type { HttpResponse } from './http-transport.ts';
import { demandedWait, isRetriableStatus } from './retry-request.ts';

const longestUpdateInterval = 900;

/** What the headers of an answer to a trace patch or a job update say. */
export function readJobReply(response: HttpResponse): JobReply {
  const { status, headers } = response;
  const retryAfterMs = isRetriableStatus(status) ? demandedWait(response) : undefined;
  return {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    status,
    jobStatus: headers['job-status'] || undefined,
    updateInterval: readInterval(headers['x-gitlab-trace-update-interval']),
    storedBytes: parseRange(headers['range']),
  };
}

/** The reply when no answer came. */
export const lostReply = (error: unknown): JobReply => ({
  status: noAnswer,
  jobStatus: undefined,
  updateInterval: undefined,
  storedBytes: undefined,
  error: error instanceof Error ? error : new Error(String(error)),
});

function readInterval(header: string | undefined): number | undefined {
  if (!/^\d+$/.test(header?.trim() ?? '')) return undefined;
  const seconds = Number(header);
  return seconds > 0 ? Math.min(seconds, longestUpdateInterval) : undefined;
}

/** The coordinator's own words in an error body, for messages; empty when there are none worth showing. */
export function serverMessage({ headers, body }: Pick<HttpResponse, 'headers' | 'body'>): string {
  if (headers['location'] !== undefined) return `redirected to ${headers['location'].replace(/[?#].*/, '')}`;
  const type = headers['content-type'] ?? '';
  if (type.startsWith('text/plain')) return body.trim().slice(0, 200);
  try {
    const answer: { message?: unknown; error?: unknown } = JSON.parse(body);
    const said = answer.message ?? answer.error ?? '';
    return (typeof said === 'string' ? said : JSON.stringify(said)).slice(0, 200);
  } catch {
    return type.startsWith('text/html') ? 'an HTML page' : '';
  }
}
