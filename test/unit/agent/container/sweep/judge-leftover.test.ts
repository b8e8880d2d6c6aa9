import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobLabels, volumeLabels } from '../../../../../agent/container/labels.ts';
import { isLeftover, type Owner } from '../../../../../agent/container/sweep/judge-leftover.ts';
import type { LabelledObject } from '../../../../../agent/docker/docker-client.ts';
import { jobFacts } from '../../../../../agent/job/accept/label-facts.ts';
import { jobIdentity } from '../../../../support/job-fixture.ts';

const hour = 3_600_000;
const made = Date.now();
const facts = jobFacts(jobIdentity());
const labels = jobLabels(facts);
const live = new Set<string>();
const owner: Owner = {
  systemId: facts.systemId,
  instance: facts.instance,
  abandoned: new Set(),
  isLive: (job) => live.has(job),
};
const container: LabelledObject = {
  kind: 'container',
  id: 'c1',
  name: 'runner-fixture12-project-7-concurrent-0-0123456789abcdef-build',
  labels,
  running: true,
  createdAt: made,
};
const network: LabelledObject = { ...container, kind: 'network', name: 'runner-fixture12-7-0-4711', running: false };
const volume: LabelledObject = {
  ...network,
  kind: 'volume',
  name: 'runner-x-cache-1',
  labels: { ...labels, ...volumeLabels({ destination: '/builds', protected: false, reusable: false }) },
};
const { 'dev.dockworker.instance': _, 'dev.dockworker.deadline': deadline, ...noAgent } = labels;
const otherSystem = { 'com.gitlab.gitlab-runner.runner.system_id': 's_ffffffffffff' };
const other = { ...labels, 'dev.dockworker.instance': 'ffffffffffffffff' };

const changed = (object: LabelledObject, changes: Record<string, string>): LabelledObject => ({
  ...object,
  labels: { ...object.labels, ...changes },
});
/** Seen `ms` after the object was made. */
const seen = (object: LabelledObject, ms: number, by = owner): boolean => isLeftover(object, by, made + ms);

describe('what an agent of ours left', () => {
  for (const object of [container, network, volume]) {
    test(`${object.kind}: removed at once, whatever the engine's clock says`, () => {
      assert.deepEqual([seen(object, 0), seen(object, -hour), seen(object, hour)], [true, true, true]);
    });

    test(`${object.kind} of a live job: stays, however old`, () => {
      live.add(String(facts.jobId));
      assert.equal(seen(object, 1000 * hour), false);
      live.clear();
    });

    test(`${object.kind} of another agent: stays until an hour after the time of its job`, () => {
      const foreign = { ...object, labels: { ...object.labels, 'dev.dockworker.instance': 'ffffffffffffffff' } };
      const end = Number(deadline) * 1000 - made;
      assert.deepEqual([seen(foreign, end + hour - 1000), seen(foreign, end + hour + 1000)], [false, true]);
    });

    test(`${object.kind} of another agent with another system id: never`, () => {
      assert.equal(seen({ ...object, labels: { ...other, ...otherSystem } }, 1000 * hour), false);
    });

    test(`${object.kind} of GitLab Runner with our system id: never`, () => {
      const { 'dev.dockworker.job.id': __, ...theirs } = noAgent;
      assert.equal(seen({ ...object, labels: theirs }, 1000 * hour), false);
    });
  }

  test('volumes that are kept for the next job: never', () => {
    const kept = changed(volume, volumeLabels({ destination: '/cache', protected: false, reusable: true }));
    assert.equal(seen(kept, 1000 * hour), false);
  });

  test('what a dead run-single left is removed, whichever of our own jobs are live', () => {
    live.add(String(facts.jobId));
    const also = { ...owner, abandoned: new Set(['ffffffffffffffff']) };
    assert.deepEqual([seen({ ...container, labels: other }, 0, also), seen(container, 0, also)], [true, false]);
    live.clear();
  });

  test('a deadline that is none does not count', () => {
    for (const text of ['', 'soon', 'Infinity'])
      assert.equal(seen(changed(container, { ...other, 'dev.dockworker.deadline': text }), 1000 * hour), false, text);
  });
});

describe('containers of an image that was committed from ours have our labels', () => {
  test('one that a user started: never', () => {
    assert.equal(seen({ ...container, name: 'debug' }, 1000 * hour), false);
  });

  test('one that GitLab Runner started for a job of its own: never', () => {
    assert.equal(seen(changed(container, { 'com.gitlab.gitlab-runner.job.id': '9' }), 1000 * hour), false);
  });
});
