import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../../support/engine.ts';

describe('the prepared engine and its images', { skip: needsEngine() }, () => {
  test('busybox has a shell, applets and users', async () => {
    const script = 'id -un nobody; echo one two | awk "{ print \\$2 }"; echo $HOME';
    assert.equal(await docker('run', '--rm', 'busybox:latest', 'sh', '-c', script), 'nobody\ntwo\n/root');
  });

  test('gitbase has what a helper container needs', async () => {
    const script =
      'for program in sh bash git git-lfs tar ssh; do command -v $program >/dev/null || echo $program; done';
    assert.equal(await docker('run', '--rm', 'gitbase:latest', 'sh', '-c', script), '');
  });

  test('redis answers on its exposed port', async (t) => {
    const id = await docker('run', '--detach', '--rm', 'redis:7');
    t.after(() => docker('rm', '--force', '--volumes', id));
    const script = 'until [ "$(redis-cli ping 2>/dev/null)" = PONG ]; do sleep 0.1; done; echo ready';
    assert.equal(await docker('exec', id, 'timeout', '20', 'sh', '-c', script), 'ready');
    assert.match(await docker('inspect', '--format', '{{json .Config.ExposedPorts}}', id), /6379\/tcp/);
  });

  test("a container reaches this machine through the bridge's gateway", async (t) => {
    const server = createServer((_, response) => response.end('hello\n')).listen(0, '0.0.0.0');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const script = `wget -qO- "http://$(ip route | awk '/^default/ { print $3 }'):${String(port)}/"`;
    assert.equal(await docker('run', '--rm', 'busybox:latest', 'sh', '-c', script), 'hello');
  });
});
