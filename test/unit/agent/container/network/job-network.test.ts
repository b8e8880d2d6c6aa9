import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JobObjects } from '../../../../../agent/container/job-objects.ts';
import { jobNetwork } from '../../../../../agent/container/network/job-network.ts';
import { DockerError } from '../../../../../agent/docker/docker-error.ts';
import { fakeDocker } from '../../../../support/fake-docker-client.ts';
import { accepted, runnerConfig } from '../../../../support/job-fixture.ts';

const overlaps = new DockerError('invalid pool request: Pool overlaps with other one on this address space', 403);
const exhausted = new DockerError('all predefined address pools have been fully subnetted', 400);

interface NetworkOptions {
  readonly IPAM?: { readonly Config: readonly { readonly Subnet: string }[] };
}

/** The subnets that one job asks for; `answer` gets each ("engine" for the engine's choice) and may throw. */
async function ask(network: Record<string, unknown>, answer: (subnet: string) => void = () => {}): Promise<string[]> {
  const changes = { docker: network, payload: { services: [{ name: 'redis:7' }] } };
  const asked: string[] = [];
  const docker = fakeDocker({
    createNetwork: async (_name, options) => {
      const subnet = (options as NetworkOptions).IPAM?.Config[0]?.Subnet ?? 'engine';
      asked.push(subnet);
      answer(subnet);
      return 'id';
    },
  });
  await jobNetwork(
    docker,
    new JobObjects(docker, { keepVolumes: false }),
    accepted(changes).spec,
    runnerConfig(changes).docker,
  );
  return asked;
}

describe('jobNetwork', () => {
  test('one call, with a small subnet of the pool', async () => {
    const asked = await ask({});
    assert.equal(asked.length, 1);
    assert.match(asked[0] ?? '', /^172\.30\.\d+\.\d+\/26$/);
  });

  test("the pool is the operator's", async () => {
    assert.match((await ask({ network_pool: '10.200.0.0/20' })).join(), /^10\.200\.\d+\.\d+\/26$/);
  });

  test('"engine" leaves it to the engine', async () => {
    assert.deepEqual(await ask({ network_pool: 'engine' }), ['engine']);
  });

  test('one that overlaps is followed by the next', async () => {
    let answers = 0;
    const asked = await ask({}, () => {
      answers += 1;
      if (answers < 3) throw overlaps;
    });
    assert.equal(new Set(asked).size, 3);
  });

  test('when none of the pool is free, the engine chooses', async () => {
    const asked = await ask({ network_pool: '10.200.0.0/25' }, (subnet) => {
      if (subnet !== 'engine') throw overlaps;
    });
    assert.deepEqual([asked.length, asked.at(-1)], [3, 'engine']);
  });

  test('when the engine has none either, the job fails with what to do', async () => {
    const nothing = ask({ network_pool: '10.200.0.0/26' }, (subnet) => {
      throw subnet === 'engine' ? exhausted : overlaps;
    });
    await assert.rejects(nothing, {
      name: 'JobFailure',
      reason: 'runner_system_failure',
      message: /^no addresses are left for the job's network: .*\(10\.200\.0\.0\/26\).*docker network prune/,
    });
  });

  test('another refusal is not tried again', async () => {
    const asked: string[] = [];
    const refused = ask({}, (subnet) => {
      asked.push(subnet);
      throw new DockerError('plugin not found', 404);
    });
    await assert.rejects(refused, { name: 'JobFailure', message: /plugin not found/ });
    assert.equal(asked.length, 1);
  });

  test('a pool that is no range is named', async () => {
    await assert.rejects(ask({ network_pool: '10.x.0.0/16' }), {
      reason: 'runner_configuration_error',
      message: /^network_pool = "10\.x\.0\.0\/16" in \[runners\.docker\]: expected a range such as/,
    });
  });
});
