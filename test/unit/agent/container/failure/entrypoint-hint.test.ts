import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { SILENCE_MS, watchSilence } from '../../../../../agent/container/failure/entrypoint-hint.ts';

describe('watchSilence', () => {
  const watched = (context: TestContext, silent: boolean) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const told = { times: 0 };
    const watch = watchSilence(
      () => silent,
      () => (told.times += 1),
    );
    return { told, watch, tick: (ms: number) => context.mock.timers.tick(ms) };
  };

  test('tells once, after five seconds', (context) => {
    const { told, tick } = watched(context, true);
    tick(SILENCE_MS - 1);
    assert.equal(told.times, 0);
    tick(1);
    tick(60_000);
    assert.equal(told.times, 1);
  });

  test('not of a container that speaks, nor after its end', (context) => {
    const { told, tick } = watched(context, false);
    tick(SILENCE_MS);
    assert.equal(told.times, 0);
  });

  test('not after the end', (context) => {
    const { told, watch, tick } = watched(context, true);
    watch[Symbol.dispose]();
    tick(SILENCE_MS);
    assert.equal(told.times, 0);
  });
});
