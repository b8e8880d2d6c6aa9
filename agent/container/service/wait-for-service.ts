import { JobFailure } from '../../common/errors/job-failure.ts';
import type { Gate } from './gates/gate.ts';
import { endTrouble, notReady, type ServiceEnd, type ServiceTrouble } from './service-trouble.ts';

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
  try {
    const end = gate.mayEnd === true ? [] : [ended.then((how) => endTrouble(how, 'start'))];
    return await Promise.race([gate.wait(until).then(() => undefined), ...end]);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof JobFailure) throw error;
    return notReady(late.aborted ? `${gate.missing()}, within ${timeoutMs / 1000} s` : gate.missing());
  } finally {
    over.abort();
  }
}
