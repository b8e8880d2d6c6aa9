import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, ownIdentity, parseIdentity } from '../../../../agent/common/process-identity.ts';

test('this process lives; another one with its pid is not it', async () => {
  const own = await ownIdentity();
  assert.equal(await isAlive(own), true);
  assert.equal(await isAlive({ ...own, start: '1' }), false);
  assert.deepEqual(parseIdentity(JSON.stringify(own)), own);
  assert.equal(parseIdentity('{"pid":"x"}'), undefined);
});

test('a process that was killed and that its parent has not taken note of holds nothing', async () => {
  // the shell starts a child that ends at once and then becomes a program that never waits for it
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 20'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const start = (await statOf(pid))[19] ?? '';
    const identity = { ...(await ownIdentity()), pid, start };
    assert.equal(await isAlive(identity), true);
    while ((await statOf(pid))[0] !== 'Z') await sleep(20);
    assert.equal(await isAlive(identity), false);
  } finally {
    parent.kill('SIGKILL');
  }
});

async function statOf(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
