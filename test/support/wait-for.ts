import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;
const LIMIT_MS = 10_000;

/** Waits for something that sends no event. @throws {Error} naming `what` when it does not come to pass within 10 s */
export async function waitFor(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${LIMIT_MS / 1000} s: ${what}`);
    await delay(POLL_MS);
  }
}
