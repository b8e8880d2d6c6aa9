import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accepted, variable } from '../../../../support/job-fixture.ts';
import type { JobChanges } from '../../../../support/job-fixture.ts';

const SERVICE = { services: [{ name: 'redis' }] };
const PER_BUILD = { variables: [variable('FF_NETWORK_PER_BUILD', 'true')] };

describe('whether a job has a network of its own', () => {
  for (const [what, changes, own] of [
    ['nothing said', {}, false],
    ['a service', { payload: SERVICE }, true],
    ['FF_NETWORK_PER_BUILD', { payload: PER_BUILD }, true],
    ['a configured network', { payload: { ...SERVICE, ...PER_BUILD }, docker: { network_mode: 'bridge' } }, false],
    ['links beside a service', { payload: SERVICE, docker: { links: ['a:b'] } }, false],
    ['links with FF_NETWORK_PER_BUILD', { payload: PER_BUILD, docker: { links: ['a:b'] } }, true],
  ] satisfies [string, JobChanges, boolean][])
    test(what, () => assert.equal(accepted(changes).spec.ownNetwork, own));

  test('links that do not reach it are told of', () => {
    const { warnings } = accepted({ payload: PER_BUILD, docker: { links: ['a:b'] } });
    assert.match(warnings.join('\n'), /^links in \[runners\.docker\] \(a:b\) do not reach/m);
    assert.deepEqual(accepted({ payload: SERVICE, docker: { links: ['a:b'] } }).warnings, []);
  });
});
