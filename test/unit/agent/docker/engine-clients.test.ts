import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineClients } from '../../../../agent/docker/engine-clients.ts';
import type { EngineInfo } from '../../../../agent/docker/engine-info.ts';

test('an engine has one client, and is asked once what it has as insecure, until it has answered', async () => {
  const asked: string[] = [];
  let down = true;
  const clients = new EngineClients(({ host }) => {
    asked.push(host);
    if (down && host === 'unix:///b') return Promise.reject(new Error('down'));
    return Promise.resolve({
      insecure: { hosts: [`${host}.example.com`], networks: ['10.0.0.0/8'] },
    } as unknown as EngineInfo);
  });
  assert.equal(await clients.insecureRegistries(), undefined);
  assert.equal(clients.for({ host: 'unix:///a' }), clients.for({ host: 'unix:///a' }));
  clients.for({ host: 'unix:///b' });
  assert.deepEqual((await clients.insecureRegistries())?.hosts, ['unix:///a.example.com']);
  down = false;
  assert.deepEqual((await clients.insecureRegistries())?.hosts, ['unix:///a.example.com', 'unix:///b.example.com']);
  assert.deepEqual(asked, ['unix:///a', 'unix:///b', 'unix:///b']);
});
