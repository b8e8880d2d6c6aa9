import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { implementedKeys } from '../../../../agent/config/check/implemented-keys.ts';
import { dockerTable } from '../../../../agent/config/schema/docker.ts';
import { EFFECT_KEYS } from '../../../support/docker-keys/effect-keys.ts';
import { INSPECTED_KEYS } from '../../../support/docker-keys/inspected-keys.ts';

const TABLES = new Set([
  ...INSPECTED_KEYS.flatMap(({ rows }) => rows.map(({ key }) => key)),
  ...EFFECT_KEYS.map(({ key }) => key),
]);

/** Keys that fit into no table, by the test that shows what they do. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'integration/docker-key-set-ups': [
    'cache_dir',
    'disable_cache',
    'links',
    'volume_driver',
    'volume_driver_ops',
    'volume_keep',
    'volumes',
    'volumes_from',
  ],
  'integration/docker-key-refusals': ['gpus', 'network_mode'],
  'integration/engine-tls': ['tls_cert_path'],
  'integration/image-choice': ['image', 'helper_image', 'pull_policy', 'services', 'disable_entrypoint_overwrite'],
  'integration/service-choice': ['allowed_services'],
  'integration/service-gates': ['service_failure', 'wait_for_services_timeout'],
  'unit/agent/container/network/job-network': ['network_pool'],
  'unit/agent/container/options/check-options': ['service_gpus'],
  'unit/agent/docker/engine-address': ['host', 'tls_verify'],
  'unit/agent/doctor/check-image': ['verify_image_access'],
  'unit/agent/job/accept/image-use': ['allowed_images', 'allowed_pull_policies'],
  'unit/agent/job/accept/service/service-readiness': ['services_limit'],
  'unit/agent/job/job-credentials': ['allowed_docker_credential_helpers'],
  'unit/agent/job/slot-cgroups': ['service_slot_cgroup_template'],
  'unit/docs/pulling-page': ['registry_mirrors', 'require_digest'],
};

describe('every key of [runners.docker]', () => {
  const known = Object.keys(dockerTable.shape);

  test('has an effect, but for the one that is refused by name', () =>
    assert.deepEqual(
      known.filter((key) => ![...implementedKeys].some((path) => `${path}.`.startsWith(`runners.docker.${key}.`))),
      ['helper_image_flavor'],
    ));

  test('has a test', () => {
    const tested = new Set([...TABLES, ...Object.values(ELSEWHERE).flat(), 'helper_image_flavor']);
    assert.deepEqual(
      [known.filter((key) => !tested.has(key)), [...tested].filter((key) => !known.includes(key))],
      [[], []],
    );
  });

  for (const [path, keys] of Object.entries(ELSEWHERE))
    test(`${path} is about ${keys.join(', ')}`, async () => {
      const text = await readFile(join(import.meta.dirname, '..', '..', '..', `${path}.test.ts`), 'utf8');
      assert.deepEqual(
        keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(text)),
        [],
      );
    });
});
