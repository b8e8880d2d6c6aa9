import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { json, RecordingServer, type Answer } from '../../../../support/recording-server.ts';
import { runAgent, type AgentRun } from '../../../../support/run-agent.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

const token = 'glrt-doctor-0123456789';
const refused = json(403, { message: '403 Forbidden' });

async function doctor(args: readonly string[], answer: Answer = refused): Promise<AgentRun> {
  await using dir = await tempDir();
  await using server = await RecordingServer.start();
  server.answer(answer);
  const entry = `name = "one"\nurl = "${server.url}"\ntoken = "${token}"\nexecutor = "docker"`;
  await writeFile(
    dir.file('config.toml'),
    `[[runners]]\n${entry}\n[runners.docker]\nhost = "unix://${dir.path}/none"\n`,
  );
  return await runAgent(['doctor', '--config', dir.file('config.toml'), ...args]);
}

test('without an engine, and with a token that is refused, both are said and the exit code is 1', async () => {
  const { code, stdout, stderr } = await doctor([]);
  assert.equal(code, 1);
  assert.match(stdout, /^fail {2}engine \(one\) +unix:.*no Docker Engine at/m);
  assert.match(stdout, /^fail {2}coordinator \(one\) +.* refuses the runner's token \(403\)$/m);
  assert.match(stdout, /^ok {4}clock \(one\)/m);
  assert.equal(stderr, 'ERROR: 2 of 4 checks failed\n');
  assert.ok(!stdout.includes(token));
});

test('--json has the same for programs, on standard output alone', async () => {
  const { code, stdout } = await doctor(['alpine', '--json']);
  const report = JSON.parse(stdout) as { ok: boolean; image: string; findings: { subject: string; outcome: string }[] };
  assert.deepEqual([code, report.ok, report.image], [1, false, 'alpine']);
  assert.deepEqual(
    report.findings.map(({ subject, outcome }) => `${subject} ${outcome}`),
    ['config ok', 'engine fail'],
  );
});

test('a job-auth file that cannot be read is wrong usage', async () => {
  const { code, stderr } = await doctor(['alpine', '--job-auth', '/no/such/file']);
  assert.equal(code, 2);
  assert.match(stderr, /--job-auth: \/no\/such\/file cannot be read \(ENOENT\)/);
});
