import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerTable } from '../../../../support/docker-keys/docker-key.ts';
import { REFUSED_VALUES } from '../../../../support/docker-keys/refused-values.ts';
import { accepted } from '../../../../support/job-fixture.ts';

const SERVICE = { services: [{ name: 'busybox:latest' }] };

describe('values of [runners.docker] that nothing can be made of', () => {
  for (const { config, reason, sentence } of REFUSED_VALUES)
    test(`${config.replace('\n', '; ')} ends the job`, () =>
      assert.throws(
        () => accepted({ docker: dockerTable(config), payload: SERVICE }),
        (error: Error) => {
          assert.deepEqual([error.name, Reflect.get(error, 'reason')], ['JobFailure', reason]);
          assert.ok(error.message.startsWith(sentence), `${error.message}\nexpected: ${sentence}`);
          return true;
        },
      ));

  for (const config of [
    'service_memory = "lots"',
    'services_devices = { "other:*" = ["null"] }',
    'service_gpus = "half"',
  ])
    test(`${config} does not concern a job without such services`, () =>
      assert.doesNotThrow(() => accepted({ docker: dockerTable(config) })));
});
