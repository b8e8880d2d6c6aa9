import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { loadConfig, type LoadedConfig } from '../../../../agent/config/load-config.ts';
import { watchConfig } from '../../../../agent/daemon/watch-config.ts';
import { FakeSignals } from '../../../support/fake-signals.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordingLogger } from '../../../support/poll-fixtures.ts';

const file = (concurrent: number | string): string =>
  `concurrent = ${concurrent}\n[[runners]]\n  url = "http://host"\n  token = "glrt-x"\n  executor = "docker"\n`;

async function watching(t: TestContext, text: string) {
  const dir = await mkdtemp(join(tmpdir(), 'dockworker-watch-'));
  const path = join(dir, 'config.toml');
  await writeFile(path, text);
  const [signals, clock, stop, { logger, lines }] = [
    new FakeSignals(),
    new ManualClock(),
    new AbortController(),
    recordingLogger(),
  ];
  const applied: LoadedConfig[] = [];
  const apply = (loaded: LoadedConfig): void => void applied.push(loaded);
  const ended = watchConfig({ path, signals, clock, logger, load: () => loadConfig(path, {}), apply }, stop.signal);
  t.after(async () => {
    stop.abort();
    await ended;
    await rm(dir, { recursive: true });
  });
  await until(() => clock.sleeping === 1);
  const replace = async (next: string): Promise<void> => {
    await writeFile(`${path}.new`, next);
    await rename(`${path}.new`, path);
  };
  return { path, signals, clock, stop, lines, applied, replace, ended };
}

/** Waits for real file access to be over. */
async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; !condition(); round++) {
    assert.ok(round < 1000, 'it never happened');
    await delay(5);
  }
}

test('a changed file is read again at the next look, a file that stays is not', async (t) => {
  const { clock, applied, replace } = await watching(t, file(1));
  await clock.advance(3000);
  await until(() => clock.sleeping === 1);
  assert.equal(applied.length, 0);
  await replace(file(5));
  await clock.advance(3000);
  await until(() => applied.length === 1);
  assert.equal(applied[0]?.config.concurrent, 5);
  await until(() => clock.sleeping === 1);
  await clock.advance(3000);
  await until(() => clock.sleeping === 1);
  assert.equal(applied.length, 1, 'one change is one reload');
});

test('SIGHUP reads at once, also a file that has not changed', async (t) => {
  const { signals, applied, replace } = await watching(t, file(1));
  signals.send('SIGHUP');
  await until(() => applied.length === 1);
  await replace(file(2));
  signals.send('SIGHUP');
  await until(() => applied.length === 2);
  assert.equal(applied[1]?.config.concurrent, 2);
});

for (const [name, text, message] of [
  ['no TOML', 'concurrent = = 3\n[[runners', /config\.toml:1/],
  ['a wrong type', file('"many"'), /concurrent/],
  ['concurrent = 0', file(0), /concurrent/],
] as const)
  test(`${name}: the old configuration stays in use, and the log says why`, async (t) => {
    const { signals, lines, applied, replace } = await watching(t, file(1));
    await replace(text);
    signals.send('SIGHUP');
    await until(() => lines.length === 1);
    assert.match(lines[0] ?? '', /^ERROR: The configuration cannot be used, the old one stays in use/);
    assert.match(lines[0] ?? '', message);
    await replace(file(7));
    signals.send('SIGHUP');
    await until(() => applied.length === 1);
    assert.equal(applied[0]?.config.concurrent, 7);
  });

test('an empty file is a configuration without runners', async (t) => {
  const { signals, applied, replace } = await watching(t, file(1));
  await replace('');
  signals.send('SIGHUP');
  await until(() => applied.length === 1);
  assert.deepEqual(applied[0]?.config.runners, []);
});

test('a file that is gone changes nothing', async (t) => {
  const { path, clock, lines, applied, replace } = await watching(t, file(1));
  await rm(path);
  await clock.advance(3000);
  await until(() => lines.length === 1);
  assert.match(lines[0] ?? '', /is gone/);
  await replace(file(3));
  await clock.advance(3000);
  await until(() => applied.length === 1);
});

test('stopped, it ends and listens no more', async (t) => {
  const { signals, stop, ended } = await watching(t, file(1));
  stop.abort();
  await ended;
  assert.equal(signals.listeners, 0);
});
