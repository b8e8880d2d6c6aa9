import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { JobSpec } from '../../../../agent/spec/job-spec.ts';
import { afterScript, stepScript } from '../../../../agent/stages/step-script.ts';
import { BASH, runInShell, SHELLS, withoutEcho } from '../../../support/framed-shell.ts';
import { accepted, variable } from '../../../support/job-fixture.ts';
import type { JobChanges } from '../../../support/job-fixture.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const dir = await tempDir();
after(() => dir[Symbol.asyncDispose]());
const job = (changes: JobChanges = {}): JobSpec =>
  accepted({ ...changes, runner: { ...changes.runner, builds_dir: dir.path } }).spec;
const { project, temporary } = job().directories;
const ENV_FILE = `${temporary}/gitlab_runner_env`;
before(async () => {
  for (const path of [project, temporary]) await mkdir(path, { recursive: true });
});
beforeEach(() => rm(ENV_FILE, { force: true }));

const GREEN = '\x1b[32;1m';
const RESET = '\x1b[0;m';

for (const shell of SHELLS) {
  const run = (spec: JobSpec, ...commands: string[]) => runInShell(shell, stepScript(spec, commands));
  const lines = (text: string): string[] => withoutEcho(text).trimEnd().split('\n');

  describe(`a step in ${shell.name}`, { skip: shell.missing }, () => {
    test('commands are echoed as users know it', async () => {
      const spec = job({ payload: { variables: [variable('CI', 'true')] } });
      const commands = [
        'echo plain',
        `echo 'a  b' "$CI" \\n %s é`,
        '  echo lead  ',
        'echo l1\necho l2',
        '\n\necho after-blank',
        '# comment',
      ];
      const { stdout } = await run(spec, ...commands);
      assert.deepEqual(stdout.split('\n'), [
        `${GREEN}$ echo plain${RESET}`,
        'plain',
        `${GREEN}$ echo 'a  b' "$CI" \\n %s é${RESET}`,
        'a  b true n %s é',
        `${GREEN}$ echo lead${RESET}`,
        'lead',
        `${GREEN}$ echo l1 # collapsed multi-line command${RESET}`,
        'l1',
        'l2',
        `${GREEN}$ echo after-blank${RESET}`,
        'after-blank',
        `${GREEN}$ # comment${RESET}`,
        '',
      ]);
    });

    test('a multi-line command is whole in its section when sections are wanted', async () => {
      const spec = job({ payload: { variables: [variable('FF_SCRIPT_SECTIONS', 'true')] } });
      const { stdout } = await run(spec, 'echo one\necho two', 'echo single');
      const marks = [...stdout.matchAll(/section_(start|end):(\d{10}):(\w+)(\[[^\]]*\])?\r/g)];
      assert.deepEqual(
        marks.map(([, kind, , name, options]) => [kind, name, options]),
        [
          ['start', 'section_script_step_0', '[hide_duration=true,collapsed=true]'],
          ['end', 'section_script_step_0', undefined],
        ],
      );
      assert.ok(stdout.includes(`${GREEN}$ echo one\necho two${RESET}`) && !stdout.includes('collapsed multi-line'));
    });

    test('it works in the project directory', async () => {
      assert.deepEqual(lines((await run(job(), 'pwd')).stdout), [project]);
    });

    test('stdin is at its end, and the rest of the script stays', async () => {
      const { exitCode, stdout } = await run(
        job(),
        'cat',
        'echo after cat',
        'read -r x && echo "read $x" || echo "read: end of file"',
        'sh',
        'echo after sh',
        'for i in 1 2 3; do echo $i; cat >/dev/null; done',
        '[ -t 0 ] && echo tty || echo no tty',
        'echo last',
      );
      assert.equal(exitCode, 0);
      assert.deepEqual(lines(stdout), ['after cat', 'read: end of file', 'after sh', '1', '2', '3', 'no tty', 'last']);
    });

    test('stdout and stderr stay apart', async () => {
      const { stdout, stderr } = await run(job(), 'echo to-out', 'echo to-err >&2', 'echo again');
      assert.deepEqual([lines(stdout), stderr], [['to-out', 'again'], 'to-err\n']);
    });

    test('line ends of other systems', async () => {
      const { exitCode, stdout } = await run(job(), 'echo one\r', 'echo two\r\necho three\r', 'true\r', 'echo four');
      assert.equal(exitCode, 0);
      assert.deepEqual(lines(stdout), ['one', 'two\r', 'three', 'four']);
    });

    test('3000 commands, 300 kB', async () => {
      const counting = Array.from({ length: 3000 }, () => `n=$((n+1)); : ${'x'.repeat(80)}`);
      const { exitCode, stdout } = await run(job(), ...counting, 'echo "n=$n"');
      assert.deepEqual([exitCode, lines(stdout)], [0, ['n=3000']]);
    });

    test('one command of 1 MB', async () => {
      const text = `${'y$'.repeat(39)}z\n`.repeat(13_000);
      const { exitCode, stdout } = await run(job(), `wc -c <<'EOT'\n${text}EOT`, 'echo end');
      assert.deepEqual([exitCode, lines(stdout).map((line) => line.trim())], [0, ['1040000', 'end']]);
    });

    test('output without a line end, and bytes of every kind', async () => {
      const { stdout } = await run(job(), String.raw`printf 'nul[\000]\033]dw;x;0\007 \303\251 end'`);
      assert.equal(withoutEcho(stdout), 'nul[\0]\x1b]dw;x;0\x07 é end');
    });

    test('the frame is not known to the script', async () => {
      const { stdout } = await run(job(), 'echo "[$dockworker_code]"', 'env | grep -c ^dockworker || true', 'trap');
      assert.deepEqual(lines(stdout).slice(0, 2), ['[]', '0']);
    });
  });

  describe(`GITLAB_ENV in ${shell.name}`, { skip: shell.missing }, () => {
    test('what one step writes, the next and after_script have', async () => {
      const spec = job({
        payload: { variables: [variable('A', 'job')], steps: [{ name: 'after_script', script: ['echo "$A $B"'] }] },
      });
      await run(spec, 'echo "A=from file" >> "$GITLAB_ENV"', 'echo "B=$(echo 2)" >> "$GITLAB_ENV"', 'echo "$A"');
      assert.deepEqual(lines((await run(spec, 'echo "$A $B"', `sh -c 'echo "$A"'`)).stdout), [
        'from file 2',
        'from file',
      ]);
      assert.deepEqual(lines((await runInShell(shell, afterScript(spec, 'success'))).stdout), ['from file 2']);
    });

    test('lines are not evaluated, odd ones skipped, the last needs no end', async () => {
      const odd = [
        '# comment',
        '',
        'no equals sign',
        '1X=digit',
        'a-b=dash',
        '=empty',
        '$(touch evil)=x',
        'export Z=1',
      ];
      const taken = ['X=$(touch evil) `id` $HOME', ' SPACE=x', 'E=a=b', 'Q=\'q\' "d" \\n', 'LAST=end'];
      await writeFile(ENV_FILE, [...odd, ...taken].join('\n'));
      const { exitCode, stdout } = await run(job(), String.raw`printf '%s\n' "$X" "$E" "$Q" "$LAST" "[$Z]"`, 'ls');
      assert.equal(exitCode, 0);
      assert.deepEqual(lines(stdout), ['$(touch evil) `id` $HOME', 'a=b', `'q' "d" \\n`, 'end', '[]']);
    });

    test('a name that the shell keeps to itself does not end the job', async () => {
      await writeFile(ENV_FILE, 'UID=5\nPPID=5\nSHELLOPTS=xtrace\nOPTIND=abc\nAFTER=yes\n');
      const { exitCode, stdout } = await run(job(), 'echo "$AFTER"');
      assert.deepEqual([exitCode, lines(stdout)], [0, ['yes']]);
    });
  });

  describe(`hooks in ${shell.name}`, { skip: shell.missing }, () => {
    const runner = { pre_build_script: 'echo pre; export FROMPRE=yes; cd /tmp', post_build_script: 'echo post' };

    test('around the commands, in the same shell; not around after_script', async () => {
      const spec = job({
        runner,
        payload: { steps: [{ name: 'after_script', script: ['echo "after [$FROMPRE]"', 'pwd'] }] },
      });
      assert.deepEqual(lines((await run(spec, 'echo "script $FROMPRE"', 'pwd')).stdout), [
        'pre',
        'script yes',
        '/tmp',
        'post',
      ]);
      const { stdout } = await runInShell(shell, afterScript(spec, 'success'));
      assert.deepEqual(lines(stdout), ['after []', project]);
    });

    test('one that fails stops the script', async () => {
      const { exitCode, stdout } = await run(
        job({ runner: { ...runner, pre_build_script: 'echo pre; false; echo no' } }),
        'echo never',
      );
      assert.deepEqual([exitCode, lines(stdout)], [1, ['pre']]);
    });
  });

  test(`CI_JOB_STATUS in after_script, ${shell.name}`, { skip: shell.missing }, async () => {
    const steps = [{ name: 'after_script', script: ['echo $CI_JOB_STATUS'] }];
    const { stdout } = await runInShell(shell, afterScript(job({ payload: { steps } }), 'canceled'));
    assert.deepEqual(lines(stdout), ['canceled']);
    assert.ok(stdout.startsWith(`${GREEN}Running after script...${RESET}\n`));
  });

  test(`CI_DEBUG_TRACE traces the commands, not the variables, ${shell.name}`, { skip: shell.missing }, async () => {
    const variables = [variable('CI_DEBUG_TRACE', 'true'), variable('M', 'value-of-m')];
    const { stderr } = await run(job({ payload: { variables } }), 'echo "$M"');
    assert.match(stderr, /^\++ echo '?value-of-m'?$/m);
    assert.doesNotMatch(stderr, /export/);
  });
}

test('file variables are read by their path', { skip: BASH.missing }, async () => {
  const spec = job({ payload: { variables: [variable('F', 'content\n', { file: true })] } });
  for (const { path, content } of spec.files) await writeFile(path, content);
  const { stdout } = await runInShell(BASH, stepScript(spec, ['cat "$F"', 'echo "$F"']));
  assert.deepEqual(withoutEcho(stdout), `content\n${temporary}/F\n`);
  assert.equal(await readFile(`${temporary}/F`, 'utf8'), 'content\n');
});
