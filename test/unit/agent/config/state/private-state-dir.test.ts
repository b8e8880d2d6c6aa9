import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { abandonedStateDirs, makePrivateStateDir } from '../../../../../agent/config/state/private-state-dir.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

const module = new URL('../../../../../agent/config/state/private-state-dir.ts', import.meta.url).href;

test('a directory of its own for each, for nobody else, and gone at the end', async () => {
  await using dir = await tempDir();
  const [one, two] = [await makePrivateStateDir(dir.path), await makePrivateStateDir(dir.path)];
  assert.notEqual(one.path, two.path);
  assert.equal(statSync(one.path).mode & 0o777, 0o700);
  assert.deepEqual(await abandonedStateDirs(dir.path), [], 'this process lives');
  one.remove();
  assert.deepEqual([existsSync(one.path), existsSync(two.path)], [false, true]);
});

test('those of dead processes are found, nothing else is', async () => {
  await using dir = await tempDir();
  assert.deepEqual(await abandonedStateDirs(dir.file('not-there')), []);
  const code = `const { makePrivateStateDir } = await import(${JSON.stringify(module)});
    console.log((await makePrivateStateDir(${JSON.stringify(dir.path)})).path);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [path] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  mkdirSync(dir.file('jobs'));
  mkdirSync(dir.file(`single-${process.pid}-0123abcd`));
  mkdirSync(dir.file('single-4194305-0123abcd'));
  mkdirSync(dir.file('single-4194305-mine'));
  const unlocked = dir.file('single-4194305-0123abcd');
  assert.deepEqual(await abandonedStateDirs(dir.path), [unlocked]);
  child.kill('SIGKILL');
  await once(child, 'close');
  assert.deepEqual((await abandonedStateDirs(dir.path)).toSorted(), [unlocked, path.trim()].toSorted());
});

test('a directory that cannot be made is an error with its cause', async () => {
  await using dir = await tempDir();
  writeFileSync(dir.file('file'), '');
  chmodSync(dir.file('file'), 0o600);
  await assert.rejects(makePrivateStateDir(dir.file('file')), /the state directory cannot be used: .*ENOTDIR/);
});
