import { connect } from 'node:net';

/** A port that is filtered does not answer at all. */
const DIAL_TIMEOUT_MS = 1000;

/** `unreachable`: nothing says no, either; the address may be one that only containers can reach. */
export type DialAnswer = 'open' | 'closed' | 'unreachable';

/** One attempt to connect. Never rejects. */
export function dial(host: string, port: number): Promise<DialAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: DIAL_TIMEOUT_MS });
    const answer = (result: DialAnswer): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => answer('open'));
    socket.once('error', (error) => answer(isUnreachable(error) ? 'unreachable' : 'closed'));
    socket.once('timeout', () => answer('unreachable'));
  });
}

/** No way to the address, as opposed to "nobody listens there". */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ETIMEDOUT', 'EACCES', 'EPERM'].includes(String(error.code));
