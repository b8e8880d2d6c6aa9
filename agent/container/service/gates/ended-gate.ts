import { whenAborted } from '../../../common/abort.ts';
import type { Gate } from './gate.ts';

/** Of a service that ended before anybody could look: it has no address any more. Never ready; its end is the answer. */
export class EndedGate implements Gate {
  async wait(signal: AbortSignal): Promise<void> {
    await whenAborted(signal);
    signal.throwIfAborted();
  }

  missing(): string {
    return 'its container has ended';
  }
}
