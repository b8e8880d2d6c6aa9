import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerTable, type KeyRow, type KeySet, type Place } from '../support/docker-keys/docker-key.ts';
import { INSPECTED_KEYS } from '../support/docker-keys/inspected-keys.ts';
import { docker, needsEngine } from '../support/engine.ts';
import { EngineJob } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';
import { needsPrivileged } from '../support/privileged.ts';

const SERVICE = { name: 'busybox:latest', alias: 'side', command: ['sleep', '300'] };
const HELD = ['echo READY""-1', 'while [ ! -e /tmp/go ]; do sleep 0.1; done'];

type Inspected = Readonly<Record<Place, unknown>>;

/** A job with all three containers, and what the engine says of them while its script runs. */
async function inspect(set: KeySet): Promise<Inspected> {
  const config = [set.config ?? '', ...set.rows.map((row) => row.config)].join('\n');
  await using job = new EngineJob({
    docker: { ...dockerTable(config), volumes: ['/builds'] },
    payload: {
      variables: [variable('KEEP', 'a file makes a helper', { file: true }), variable('CI_JOB_ID', '4711')],
      services: [SERVICE],
      steps: [{ name: 'script', script: HELD }],
    },
  });
  const running = job.stages();
  await Promise.race([job.trace.says('READY-1'), running.then((failure) => assert.equal(failure, undefined))]);
  const { namePrefix, services } = job.spec;
  const names = [job.buildName, `${namePrefix}-predefined`, `${namePrefix}-${services[0]?.nameSuffix ?? ''}`];
  const [build, helper, service] = JSON.parse(await docker('inspect', ...names)) as unknown[];
  await docker('exec', '--user', '0', job.buildName, 'touch', '/tmp/go');
  assert.equal(await running, undefined);
  assert.deepEqual(await job.cleanUp(), []);
  assert.deepEqual(await job.leftovers(), []);
  return { build, helper, service };
}

/** Names may have dots themselves: the longest that is there is taken. */
function at(value: unknown, path: string): unknown {
  if (path === '' || typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).filter((name) => path === name || path.startsWith(`${name}.`));
  const key = keys.toSorted((a, b) => b.length - a.length)[0];
  return key === undefined ? undefined : at(Reflect.get(value, key), path.slice(key.length + 1));
}

const isNothing = (value: unknown): boolean =>
  !value || (typeof value === 'object' && Object.values(value).every((inner) => isNothing(inner)));

function check(row: KeyRow, inspected: Inspected, place: Place): void {
  const shown = at(inspected[place], row.path);
  if (place in row.shows) assert.deepEqual(shown, row.shows[place], place);
  else assert.ok(isNothing(shown), `${place}: ${JSON.stringify(shown)}`);
}

const privileged = needsPrivileged();
const isPrivileged = ({ config = '', rows }: KeySet): boolean =>
  [config, ...rows.map((row) => row.config)].some((text) => /privileged = true/.test(text));

describe('keys of [runners.docker] that the engine shows', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const set of INSPECTED_KEYS)
    test(set.what, { timeout: 60_000, skip: isPrivileged(set) && privileged }, async (t) => {
      const inspected = await inspect(set);
      for (const row of set.rows)
        await t.test(`${row.key}: ${row.path}`, () => {
          for (const place of ['build', 'helper', 'service'] as const) check(row, inspected, place);
        });
    });
});
