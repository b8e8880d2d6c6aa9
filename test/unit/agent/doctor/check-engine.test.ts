import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDisk, checkEngine, describeDisk, describeLeftovers } from '../../../../agent/doctor/check-engine.ts';
import { checkHelperImage } from '../../../../agent/doctor/check-helper-image.ts';
import type { EngineInfo } from '../../../../agent/docker/engine-info.ts';
import { EngineUnreachableError } from '../../../../agent/docker/docker-error.ts';
import { runnerSettings } from '../../../../agent/config/schema/runner.ts';
import { fakeDocker, imageDetails, notFound } from '../../../support/fake-docker-client.ts';

const info: EngineInfo = {
  version: '28.5.2',
  apiVersion: '1.51',
  storageDriver: 'overlay2',
  cgroupVersion: '2',
  cgroupDriver: 'systemd',
  rootDirectory: '/',
  os: 'linux',
  architecture: 'amd64',
  warnings: [],
  insecure: { hosts: [], networks: [] },
};
const host = 'unix:///var/run/docker.sock';
const GIB = 2 ** 30;

describe('the engine', () => {
  test('is described with version, API, platform, storage and cgroup', async () => {
    const { finding } = await checkEngine(host, () => Promise.resolve(info));
    const text = `${host}: 28.5.2, API 1.51, linux/amd64, overlay2, cgroup v2 (systemd)`;
    assert.deepEqual(finding, { subject: 'engine', outcome: 'ok', text });
  });

  test('its own warnings are passed on; an API that is too old fails, a newer one does not', async () => {
    const warned = await checkEngine(host, () => Promise.resolve({ ...info, warnings: ['No swap limit support'] }));
    assert.deepEqual([warned.finding.outcome, warned.finding.details], ['warn', ['No swap limit support']]);
    for (const [apiVersion, outcome] of [
      ['1.40', 'fail'],
      ['1.41', 'ok'],
      ['1.9', 'fail'],
      ['2.0', 'ok'],
    ] as const) {
      const { finding } = await checkEngine(host, () => Promise.resolve({ ...info, apiVersion }));
      assert.equal(finding.outcome, outcome, apiVersion);
    }
  });

  test('that does not answer fails with what to do', async () => {
    const { finding, info: none } = await checkEngine(host, () =>
      Promise.reject(new EngineUnreachableError(host, 'ENOENT')),
    );
    assert.equal(none, undefined);
    assert.equal(finding.outcome, 'fail');
    assert.match(finding.text, /no Docker Engine at unix.*: start it/);
  });
});

test('free disk: little is a warning, next to nothing a failure, of another host nothing is said', async () => {
  assert.equal(describeDisk('/d', 50 * GIB, 100 * GIB).outcome, 'ok');
  assert.deepEqual(describeDisk('/d', 4.5 * GIB, 100 * GIB), {
    subject: 'disk',
    outcome: 'warn',
    text: '/d has 4.5 GiB of 100.0 GiB free',
  });
  assert.equal(describeDisk('/d', 0.5 * GIB, 100 * GIB).outcome, 'fail');
  assert.match((await checkDisk('tcp://build:2376', info)).text, /another host/);
  assert.match((await checkDisk(host, info)).text, /^\/ has \d+\.\d GiB of/);
  assert.equal((await checkDisk(host, { ...info, rootDirectory: '/no/such/place' })).outcome, 'warn');
});

test('leftovers: nothing is fine, anything is worth knowing', () => {
  assert.deepEqual(describeLeftovers(host, []).outcome, 'ok');
  const objects = [
    { kind: 'container', name: 'c-build', jobId: '7', ageMs: 3_723_000 },
    { kind: 'volume', name: 'v', jobId: '8', ageMs: undefined },
  ];
  const { outcome, text, details } = describeLeftovers(host, objects);
  assert.match(`${outcome} ${text}`, /^warn .*ended jobs have left 2 objects/);
  assert.deepEqual(details, ['container c-build of job 7, 1h 2m 3s old', 'volume v of job 8']);
});

test('the helper image: here, to be pulled, or never to be had', async () => {
  const settings = (docker: object) => runnerSettings.parse({ docker }).docker;
  const here = fakeDocker({ inspectImage: () => Promise.resolve(imageDetails()) });
  const absent = fakeDocker({ inspectImage: () => Promise.reject(notFound()) });
  const own = settings({ helper_image: 'git:1', pull_policy: 'never' });
  assert.match((await checkHelperImage(here, settings({}))).text, /^alpine\/git:\S+ is here/);
  assert.equal((await checkHelperImage(absent, settings({}))).outcome, 'warn');
  assert.deepEqual((await checkHelperImage(absent, own)).outcome, 'fail');
});
