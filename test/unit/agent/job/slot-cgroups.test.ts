import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { slotCgroups } from '../../../../agent/job/slot-cgroups.ts';
import { runnerConfig } from '../../../support/job-fixture.ts';

const parents = (runner: object, docker: object = {}): unknown[] => {
  const config = runnerConfig({ runner: { ...runner }, docker: { cgroup_parent: '/all', ...docker } });
  const { cgroup_parent: build, service_cgroup_parent: service } = slotCgroups(config, {
    concurrentId: 3,
    projectSlot: 1,
  });
  return [build, service];
};
const ON = { use_slot_cgroups: true };

describe('slotCgroups', () => {
  test('off: the parents of the configuration', () =>
    assert.deepEqual(parents({ slot_cgroup_template: 'x-${slot}' }), ['/all', undefined]));
  test('on: one per slot, for services too', () =>
    assert.deepEqual(parents(ON), ['gitlab-runner/slot-3', 'gitlab-runner/slot-3']));
  test('a template', () =>
    assert.deepEqual(parents({ ...ON, slot_cgroup_template: 'ci-${slot}.slice' }), ['ci-3.slice', 'ci-3.slice']));
  test('services may have another', () =>
    assert.deepEqual(parents(ON, { service_slot_cgroup_template: 's/$slot' }), ['gitlab-runner/slot-3', 's/3']));
});
