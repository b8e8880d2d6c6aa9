import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { randomName, runScript } from '../support/engine-job.ts';
import { whileHeld } from '../support/held-job.ts';
import { variable } from '../support/job-fixture.ts';
import { ask, TELL, teller } from '../support/teller.ts';

async function freePort(): Promise<number> {
  await using server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('the network of a job', { skip: needsEngine(), concurrency: 2 }, () => {
  test('two jobs at once have a service of one name each, and know their own', async () => {
    const jobs = ['first', 'second'].map((text) =>
      runScript([ask('db')], { payload: { services: [teller(text, { alias: 'db' })] } }),
    );
    assert.deepEqual(
      (await Promise.all(jobs)).map(({ trace }) => trace.printed()),
      [['db: first'], ['db: second']],
    );
  });

  test('is named after the job, has the labels of its containers, and FF_NETWORK_PER_BUILD makes one without services', async () => {
    const changes = { payload: { variables: [variable('FF_NETWORK_PER_BUILD', 'true')] } };
    await whileHeld(changes, async (job) => {
      const inspect = async (kind: string, name: string): Promise<Record<string, string>> =>
        JSON.parse(
          await docker(
            kind,
            'inspect',
            '--format',
            kind === 'network' ? '{{json .Labels}}' : '{{json .Config.Labels}}',
            name,
          ),
        ) as Record<string, string>;
      const { networkName } = job.spec;
      assert.match(networkName, new RegExp(`^runner-\\w{9}-7-2-${job.spec.jobId}$`));
      const labels = await inspect('network', networkName);
      const container = await inspect('container', job.buildName);
      assert.equal(labels['com.gitlab.gitlab-runner.job.id'], String(job.spec.jobId));
      for (const [key, value] of Object.entries(labels)) assert.equal(container[key], value, key);
      const networks = await docker('inspect', '--format', '{{json .NetworkSettings.Networks}}', job.buildName);
      assert.deepEqual(Object.keys(JSON.parse(networks) as object), [networkName]);
    });
  });

  test('network_mode with the name of a network: services have their names there, and it stays', async () => {
    const name = randomName('network');
    await docker('network', 'create', name);
    await using _ = { [Symbol.asyncDispose]: async () => void (await docker('network', 'rm', name)) };
    const { trace } = await runScript([ask('db'), 'echo "[$CI_BUILD_NETWORK_NAME]"'], {
      docker: { network_mode: name },
      payload: { services: [teller('here', { alias: 'db' })] },
    });
    assert.deepEqual(trace.printed(), ['db: here', '[]']);
    assert.equal(await docker('network', 'inspect', '--format', '{{len .Containers}}', name), '0');
  });

  test('network_mode = "host": script and service share the network of the host', async () => {
    const port = await freePort();
    const command = ['sh', '-c', TELL.replace('8080', String(port))];
    const { trace } = await runScript([ask('127.0.0.1').replace('8080', String(port))], {
      docker: { network_mode: 'host', wait_for_services_timeout: -1 },
      payload: { services: [teller('on the host', { command })] },
    });
    assert.equal(trace.printed()[0], '127.0.0.1: on the host');
  });

  test('nothing is created for a job without services', async () => {
    await whileHeld({}, async (job) => {
      const networks = await docker('inspect', '--format', '{{json .NetworkSettings.Networks}}', job.buildName);
      assert.deepEqual(Object.keys(JSON.parse(networks) as object), ['bridge']);
    });
  });
});
