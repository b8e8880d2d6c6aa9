import { setTimeout as delay } from 'node:timers/promises';
import { JobFailure } from '../../common/errors/job-failure.ts';
import { toError } from '../../common/errors/to-error.ts';
import type { Gate } from './gates/gate.ts';
import { endTrouble, notReady, type ServiceEnd, type ServiceTrouble } from './service-trouble.ts';

/** A gate that gives up may do so because the container is ending: the engine tells within this time. */
const END_NEWS_MS = 1000;

/**
 * Resolves when the gate says that the service is ready, when its container ends, or after `timeoutMs`; with what is
 * wrong unless it is ready.
 * @throws the signal's reason, and {JobFailure} from the gate
 */
export async function waitForService(
  gate: Gate,
  ended: Promise<ServiceEnd>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ServiceTrouble | undefined> {
  const over = new AbortController();
  const late = AbortSignal.timeout(timeoutMs);
  const until = AbortSignal.any([signal, over.signal, late]);
  const end = gate.mayEnd === true ? [] : [ended.then((how) => endTrouble(how, 'start'))];
  try {
    return await Promise.race([gate.wait(until).then(() => undefined), ...end]);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof JobFailure) throw error;
    if (late.aborted) return notReady(`${gate.missing()}, within ${timeoutMs / 1000} s`);
    const gaveUp = notReady(`${gate.missing()} (${toError(error).message})`);
    return await Promise.race([...end, delay(end.length === 0 ? 0 : END_NEWS_MS, gaveUp)]);
  } finally {
    over.abort();
  }
}
