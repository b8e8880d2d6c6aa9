import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerTable } from '../support/docker-keys/docker-key.ts';
import { EFFECT_KEYS } from '../support/docker-keys/effect-keys.ts';
import { needsEngine } from '../support/engine.ts';
import { runScript } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';
import { needsPrivileged } from '../support/privileged.ts';

const privileged = needsPrivileged();

describe('keys of [runners.docker] that scripts notice', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const { key, what, config, script, prints, image, variables = {} } of EFFECT_KEYS)
    test(
      `${key}: ${what}`,
      { timeout: 60_000, skip: config.startsWith('privileged = true') && privileged },
      async () => {
        const { trace, failure } = await runScript(script, {
          docker: dockerTable(config),
          payload: {
            ...(image === undefined ? {} : { image }),
            variables: Object.entries(variables).map(([name, value]) => variable(name, value)),
          },
        });
        assert.equal(failure, undefined);
        assert.deepEqual(trace.printed(), prints);
      },
    );
});
