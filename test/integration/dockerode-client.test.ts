import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { pack } from 'tar-stream';
import { DockerodeClient } from '../../agent/docker/dockerode-client.ts';
import { DockerError, EngineUnreachableError } from '../../agent/docker/docker-error.ts';
import { FrameDecoder } from '../../agent/docker/frame-decoder.ts';
import { docker, needsEngine } from '../support/engine.ts';
import { engineClient, randomName } from '../support/engine-job.ts';

const IMAGE = 'busybox:latest';
const client = engineClient();
const made: string[] = [];
after(async () => {
  for (const name of made) await client.removeContainer(name);
});

async function create(options: object): Promise<string> {
  const name = randomName('client');
  made.push(name);
  const { id } = await client.createContainer(name, { Image: IMAGE, ...options });
  return id;
}

async function started(...command: string[]): Promise<string> {
  const id = await create({ Cmd: command });
  await client.startContainer(id);
  return id;
}

const refused =
  (status: number, message = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof DockerError);
    assert.equal(error.status, status);
    assert.match(error.message, message);
    return true;
  };

describe('DockerodeClient', { skip: needsEngine() }, () => {
  test('ping', async () => {
    await client.ping();
    await assert.rejects(client.ping(AbortSignal.abort(new Error('stop'))), /stop/);
  });

  test('inspectImage', async () => {
    const details = await client.inspectImage('redis:7');
    assert.match(details.id, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual([details.os, details.tcpPorts, details.entrypoint[0]], ['linux', [6379], 'redis-server']);
    await assert.rejects(client.inspectImage(`${randomName('gone')}:1`), refused(404, /No such image/));
  });

  test('pullImage: what the registry or the way to it says', { timeout: 60_000 }, async () => {
    const reference = '127.0.0.1:1/nothing/here:1';
    await assert.rejects(
      client.pullImage({ reference }, () => {}),
      refused(500, /refused|dial/),
    );
  });

  test('create, attach, start, output, wait', async () => {
    const id = await create({
      Cmd: ['sh', '-c', 'read x; echo "got $x"; echo err >&2; exit 5'],
      OpenStdin: true,
      StdinOnce: true,
    });
    const stream = await client.attachContainer(id, true);
    const seen = { stdout: '', stderr: '' };
    const decoder = new FrameDecoder({ write: (kind, chunk) => void (seen[kind] += chunk.toString()) });
    stream.on('data', (chunk: Buffer) => decoder.push(chunk));
    const end = new Promise((resolve) => stream.once('end', resolve));
    await client.startContainer(id);
    stream.end('word\n');
    assert.equal(await client.waitContainer(id, 'not-running'), 5);
    await end;
    assert.deepEqual(seen, { stdout: 'got word\n', stderr: 'err\n' });
  });

  test('createContainer: refused options, a name in use, a missing image', async () => {
    await assert.rejects(
      client.createContainer(randomName('x'), { Image: IMAGE, HostConfig: { Memory: 1 } }),
      refused(400, /memory/i),
    );
    await assert.rejects(client.createContainer(randomName('x'), { Image: `${randomName('gone')}:1` }), refused(404));
    const id = await create({});
    const name = (await docker('inspect', '--format', '{{.Name}}', id)).slice(1);
    await assert.rejects(client.createContainer(name, { Image: IMAGE }), refused(409, /already in use/));
  });

  test('a program that is missing is told by start', async () => {
    const id = await create({ Entrypoint: ['/no/such'] });
    await assert.rejects(client.startContainer(id), refused(400, /\/no\/such/));
    const { running, error } = await client.inspectContainer(id);
    assert.equal(running, false);
    assert.match(error, /\/no\/such/);
  });

  test('waitContainer ends with its signal, and with a removal', async () => {
    const id = await started('sleep', '300');
    const stop = new AbortController();
    const waiting = client.waitContainer(id, 'not-running', stop.signal);
    setImmediate(() => stop.abort());
    await assert.rejects(waiting, { name: 'AbortError' });
    const removed = client.waitContainer(id, 'removed');
    await client.removeContainer(id);
    assert.equal(await removed, 137);
    await assert.rejects(client.waitContainer(id, 'not-running'), refused(404));
  });

  test('inspectContainer: address and state', async () => {
    const id = await started('sleep', '300');
    const { running, address, oomKilled } = await client.inspectContainer(id);
    assert.deepEqual([running, oomKilled], [true, false]);
    assert.match(address, /^\d+\.\d+\.\d+\.\d+$/);
  });

  test('stop, kill and remove: gone, or not running, is success', async () => {
    const id = await started('sleep', '300');
    await client.stopContainer(id, 0);
    await client.stopContainer(id, 0);
    await client.killContainer(id, 'KILL');
    await client.removeContainer(id);
    for (const name of [id, randomName('never')]) {
      await client.stopContainer(name, 0);
      await client.killContainer(name, 'KILL');
      await client.removeContainer(name);
      await client.removeNetwork(name);
      await client.removeVolume(name);
    }
  });

  test('killSignals: what ended a container, whatever the clock of the agent says', { timeout: 20_000 }, async (t) => {
    const id = await started('sleep', '600');
    await client.killContainer(id, 'SIGKILL');
    await client.waitContainer(id, 'not-running');
    for (const hours of [0, 3, -3]) {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() + hours * 3_600_000 });
      assert.deepEqual(await client.killSignals(id), ['9'], `${hours} h`);
      t.mock.timers.reset();
    }
  });

  test('removeContainer: a running one, twice at a time', async () => {
    const id = await started('sleep', '300');
    await Promise.all([client.removeContainer(id), client.removeContainer(id)]);
    await assert.rejects(client.inspectContainer(id), refused(404));
  });

  test('putArchive before the first start', async () => {
    const id = await create({ Cmd: ['sh', '-c', 'cat /deep/er/file; stat -c %a /deep/er/file'] });
    const archive = pack();
    archive.entry({ name: 'deep/er/file', mode: 0o640 }, 'content\n');
    archive.finalize();
    await client.putArchive(id, '/', await buffer(archive));
    await client.startContainer(id);
    await client.waitContainer(id, 'not-running');
    assert.equal((await client.readLogs(id, 100)).toString(), 'content\n640\n');
  });

  test('readLogs: no more than asked for, and no waiting for one that still runs', async () => {
    const id = await started('sh', '-c', 'echo 1234567890; exec sleep 300');
    for (let log = ''; log === ''; log = (await client.readLogs(id, 100)).toString());
    assert.equal((await client.readLogs(id, 4)).toString(), '1234');
    assert.equal((await client.readLogs(id, 100)).toString(), '1234567890\n');
  });

  test('runExec: exit code, no such program, signal', async () => {
    const id = await started('sleep', '300');
    assert.equal(await client.runExec(id, ['sh', '-c', 'exit 7']), 7);
    assert.ok([126, 127].includes(await client.runExec(id, ['no-such-program']).catch(() => 127)));
    const begin = performance.now();
    await client.runExec(id, ['sleep', '60'], AbortSignal.timeout(200)).catch(() => {});
    assert.ok(performance.now() - begin < 5000);
    await client.removeContainer(id);
    await assert.rejects(client.runExec(id, ['true']), refused(404));
  });

  test('networks', async () => {
    const name = randomName('net');
    const id = await client.createNetwork(name, { Driver: 'bridge', Labels: { a: 'b' } });
    assert.equal(await docker('network', 'inspect', '--format', '{{index .Labels "a"}}', id), 'b');
    await client.removeNetwork(name);
    await assert.rejects(docker('network', 'inspect', id));
  });

  test('networkMtu: what the network was made with', async () => {
    const name = randomName('mtu');
    const Options = { 'com.docker.network.driver.mtu': '1400' };
    await client.createNetwork(name, { Driver: 'bridge', Options });
    try {
      assert.equal(await client.networkMtu(name), 1400);
    } finally {
      await client.removeNetwork(name);
    }
    assert.equal(await client.networkMtu(name), undefined);
    assert.equal(await client.networkMtu('host'), undefined);
  });

  test('removeVolume: one in use is an error', async () => {
    const name = randomName('volume');
    const Mounts = [{ Type: 'volume', Source: name, Target: '/v' }];
    const id = await create({ HostConfig: { Mounts } });
    await assert.rejects(client.removeVolume(name), refused(409, /in use/));
    await client.removeContainer(id);
    await client.removeVolume(name);
    await assert.rejects(docker('volume', 'inspect', name));
  });
});

test('an engine that is not there: the sentence says what to do', async () => {
  const away = new DockerodeClient({ host: 'unix:///no/such.sock', options: { socketPath: '/no/such.sock' } });
  for (const call of [
    () => away.ping(),
    () => away.inspectImage('x'),
    () => away.createContainer('x', {}),
    () => away.removeContainer('x'),
  ])
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof EngineUnreachableError);
      assert.match(error.message, /^no Docker Engine at unix:\/\/\/no\/such\.sock: start it/);
      return true;
    });
});
