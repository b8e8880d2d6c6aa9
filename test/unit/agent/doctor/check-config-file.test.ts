import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { checkConfigFile } from '../../../../agent/doctor/check-config-file.ts';
import { findingsJson, formatFindings, isGood } from '../../../../agent/doctor/format-findings.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const entry = (name: string): string =>
  `[[runners]]\n  name = "${name}"\n  url = "https://x"\n  token = "glrt-secret"\n  executor = "docker"\n`;

async function check(text: string | undefined, name?: string, needed = true) {
  await using dir = await tempDir();
  const path = dir.file('config.toml');
  if (text !== undefined) await writeFile(path, text);
  const { finding, runners } = await checkConfigFile(path, name, needed);
  return { ...finding, text: finding.text.replaceAll(path, 'FILE'), names: runners.map((runner) => runner.name) };
}

test('a good file gives its runners, or the one that is named', async () => {
  const all = await check(entry('one') + entry('two'));
  assert.deepEqual([all.outcome, all.text, all.names], ['ok', 'FILE: 2 runners: "one", "two"', ['one', 'two']]);
  const one = await check(entry('one') + entry('two'), 'two');
  assert.deepEqual([one.outcome, one.text, one.names], ['ok', 'FILE: runner "two"', ['two']]);
});

test('a name that nobody has, no runners, no file and a broken file fail', async () => {
  assert.match((await check(entry('one'), 'three')).text, /no docker runner "three", but "one"/);
  assert.match((await check('')).text, /FILE has no docker runners/);
  assert.match((await check(undefined)).text, /there is no FILE/);
  const broken = await check('concurrent = 0\n');
  assert.deepEqual([broken.outcome, broken.text], ['fail', 'FILE cannot be used']);
  assert.match(String(broken.details?.[0]), /config\.toml:1:1: /);
});

test('an image can be looked at without a file, not with a name that is in none', async () => {
  assert.equal((await check(undefined, undefined, false)).outcome, 'warn');
  assert.equal((await check(undefined, 'one', false)).outcome, 'fail');
});

test('unknown keys are warnings', async () => {
  const { outcome, details } = await check(`concurent = 4\n${entry('one')}`);
  assert.equal(outcome, 'warn');
  assert.match(String(details?.[0]), /did you mean concurrent/);
});

test('findings are lines in columns, or JSON; one failure is enough', () => {
  const findings = [
    { subject: 'config', outcome: 'ok', text: 'fine' },
    { subject: 'engine', runner: 'one', outcome: 'warn', text: 'hm', details: ['a', 'b'] },
  ] as const;
  assert.equal(
    formatFindings(findings),
    ['ok    config        fine', 'warn  engine (one)  hm', '                    - a', '                    - b'].join(
      '\n',
    ),
  );
  assert.deepEqual(JSON.parse(findingsJson(findings, 'app')), { ok: true, image: 'app', findings });
  assert.ok(isGood(findings));
  assert.ok(!isGood([...findings, { subject: 'x', outcome: 'fail', text: 'no' }]));
});
