import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { json, RecordingServer } from '../../support/recording-server.ts';
import { markdownBlocks } from '../../support/markdown-blocks.ts';
import { tempDir } from '../../support/temp-dir.ts';

const execute = promisify(execFile);
const main = join(import.meta.dirname, '..', '..', '..', 'agent', 'main.ts');
const blocks = (await markdownBlocks('register.md')).filter(({ language }) => language === 'sh');

const identity = { id: 7, token: 'glrt-0123456789abcdefghij', token_expires_at: null };

/** What the coordinator answers to the commands of a block, one after the other. */
function answersTo(script: string) {
  return [...script.matchAll(/^dockworker (\S+)/gm)].flatMap(([, command]) => {
    if (command === 'list') return [];
    if (command === 'unregister') return [{ status: 204 }];
    const isNew = command === 'reset-token' || (command === 'register' && script.includes('--registration-token'));
    return [json(isNew ? 201 : 200, identity)];
  });
}

for (const [index, { text }] of blocks.entries()) {
  test(`register.md: command block ${index + 1} works`, async () => {
    await using dir = await tempDir();
    await using server = await RecordingServer.start();
    server.answer(...answersTo(text));
    await writeFile(dir.file('dockworker'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
    await chmod(dir.file('dockworker'), 0o755);
    const script = text.replaceAll('https://gitlab.example.com/', server.url);
    const env = { PATH: `${dir.path}:${process.env['PATH']}`, CONFIG_FILE: dir.file('config.toml') };
    await execute('sh', ['-eu', '-c', script], { cwd: dir.path, env });
    assert.equal(server.requests.length, answersTo(text).length);
  });
}

test('register.md has command blocks', () => assert.equal(blocks.length, 5));
