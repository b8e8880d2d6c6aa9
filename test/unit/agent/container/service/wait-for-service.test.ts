import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JobFailure } from '../../../../../agent/common/errors/job-failure.ts';
import type { Gate } from '../../../../../agent/container/service/gates/gate.ts';
import type { ServiceEnd } from '../../../../../agent/container/service/service-trouble.ts';
import { waitForService } from '../../../../../agent/container/service/wait-for-service.ts';

const stop = new AbortController().signal;
const never = (): Promise<never> => new Promise(() => {});
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
const gate = (wait: Gate['wait'], mayEnd = false): Gate => ({ wait, missing: () => 'no sign', mayEnd });
const ends = async (how: ServiceEnd): Promise<ServiceEnd> => how;
const cause = async (...args: Parameters<typeof waitForService>): Promise<string | undefined> =>
  (await waitForService(...args))?.cause;

describe('waitForService', () => {
  test('nothing is wrong with one that is ready', async () => {
    assert.equal(
      await waitForService(
        gate(async () => {}),
        never(),
        1000,
        stop,
      ),
      undefined,
    );
  });

  test('one that takes too long', async () => {
    assert.equal(await cause(gate(untilAborted), never(), 50, stop), 'no sign, within 0.05 s');
  });

  test('one that ends, and what it needed', async () => {
    const end = ends({ exitCode: 137, oomKilled: true });
    const text = 'its container ended with exit code 137 because it ran out of memory (service_memory)';
    assert.equal(await cause(gate(untilAborted), end, 1000, stop), text);
  });

  test('a gate that gives up because the container is ending: the end is told', async () => {
    const end = new Promise<ServiceEnd>((resolve) => setTimeout(resolve, 50, { exitCode: 3, oomKilled: false }));
    const givesUp = gate(() => Promise.reject(new Error('cannot join')));
    assert.equal(await cause(givesUp, end, 5000, stop), 'its container ended with exit code 3');
  });

  test('a gate that gives up for another reason', async () => {
    const givesUp = gate(() => Promise.reject(new Error('no helper image')), true);
    assert.equal(await cause(givesUp, never(), 5000, stop), 'no sign (no helper image)');
  });

  test('the end of one that may end is left to its gate', async () => {
    const end = ends({ exitCode: 0, oomKilled: false });
    const slow = gate(() => new Promise((resolve) => setTimeout(resolve, 30)), true);
    assert.equal(await waitForService(slow, end, 1000, stop), undefined);
  });

  test('a stop and a failure of the job pass through', async () => {
    const controller = new AbortController();
    const waiting = waitForService(gate(untilAborted), never(), 5000, controller.signal);
    controller.abort(new Error('canceled'));
    await assert.rejects(waiting, /canceled/);
    const failure = new JobFailure('runner_configuration_error', 'wrong');
    await assert.rejects(
      waitForService(
        gate(() => Promise.reject(failure)),
        never(),
        5000,
        stop,
      ),
      failure,
    );
  });
});
