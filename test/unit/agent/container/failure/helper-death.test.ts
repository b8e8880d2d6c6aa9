import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { helperDeath } from '../../../../../agent/container/failure/helper-death.ts';
import type { DockerClient } from '../../../../../agent/docker/docker-client.ts';
import { EngineUnreachableError } from '../../../../../agent/docker/docker-error.ts';
import { endedContainer, fakeDocker, notFound } from '../../../../support/fake-docker-client.ts';

const sentence = async (docker: Partial<DockerClient>, output = ''): Promise<string> => {
  const failure = await helperDeath({ docker: fakeDocker(docker), id: 'c', image: 'alpine/git', output });
  assert.equal(failure.reason, 'runner_system_failure');
  return failure.message;
};
const ended = (oomKilled: boolean): Partial<DockerClient> => ({
  waitContainer: async () => 137,
  inspectContainer: async () => ({ ...endedContainer, oomKilled }),
});

describe('helperDeath', () => {
  test('memory, or an end of another kind', async () => {
    assert.equal(await sentence(ended(true)), 'the helper container ran out of memory');
    assert.equal(await sentence(ended(false)), 'the helper container ended with exit code 137 before its script did');
  });

  test('gone', async () => {
    const gone = { waitContainer: () => Promise.reject(notFound()) };
    assert.equal(await sentence(gone), 'the helper container was removed from outside');
  });

  test('an image for another processor', async () => {
    assert.match(
      await sentence({}, 'exec /bin/sh: exec format error\n'),
      /"alpine\/git" is made for another processor/,
    );
  });

  test('an engine that is gone is what is reported', async () => {
    const away = new EngineUnreachableError('unix:///x', 'ECONNREFUSED');
    await assert.rejects(sentence({ waitContainer: () => Promise.reject(away) }), away);
  });
});
