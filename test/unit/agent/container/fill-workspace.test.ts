import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasForeignVolumes } from '../../../../agent/container/fill-workspace.ts';
import { accepted, type JobChanges } from '../../../support/job-fixture.ts';

const foreign = (volumes: readonly string[], changes: JobChanges = {}): boolean =>
  hasForeignVolumes(accepted({ ...changes, docker: { volumes, ...changes.docker } }).spec);

describe('volumes that no files of the job go to', () => {
  for (const volumes of [
    [],
    ['/cache'],
    ['/srv/builds:/builds'],
    ['/srv/group:/builds/grp'],
    ['/srv/all:/builds', '/x'],
  ])
    test(`none among ${JSON.stringify(volumes)}`, () => assert.equal(foreign(volumes), false));

  for (const volume of ['/var/run/docker.sock:/var/run/docker.sock', 'named:/data:ro', '/srv/x:/buildsx'])
    test(`${volume} is one`, () => assert.equal(foreign(['/cache', volume]), true));

  test('a directory of the agent below cache_dir is none', () => {
    assert.equal(foreign(['/cache'], { docker: { cache_dir: '/srv/cache' } }), false);
  });

  test('with one, the work tree is a volume even when nobody else needs it', () => {
    const { volumes } = accepted({ docker: { volumes: ['named:/data'] } }).spec;
    const builds = volumes.find(({ destination }) => destination === '/builds');
    assert.equal(builds?.kind === 'managed' && !builds.reusable, true);
  });
});
