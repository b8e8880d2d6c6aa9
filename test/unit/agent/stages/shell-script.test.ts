import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shellQuote } from '../../../../agent/common/shell-quote.ts';
import type { ShellVariable } from '../../../../agent/spec/job-spec.ts';
import { exportVariables, IMAGE_PATH, isTooLong, notice, STRICT_MODE } from '../../../../agent/stages/shell-script.ts';
import { runInShell, SHELLS } from '../../../support/framed-shell.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

/** Values that quoting of a lesser kind breaks. */
const HARD: readonly string[] = [
  '',
  ' ',
  ' lead and trail ',
  'new\nline\n',
  'tab\tcr\rbell\x07esc\x1b[0m',
  'quote \' " ` \\ \\n \\\\',
  '!history $(id) ; & | < > ( ) { } [ ] * ? ~ #',
  'é ü 漢字 🚀',
  '-n',
  '-e x',
  '%s %d %%',
  'a=b',
  'x'.repeat(100_000),
  "'".repeat(300),
  '\\'.repeat(301),
  '\x01\x02\x7f',
  '~root',
  "'",
  "''",
  '\n',
  '\\\n',
  '$',
  '${X',
  '"$(touch /tmp/never)"',
];
const SEPARATOR = '\n---8<---\n';

for (const shell of SHELLS) {
  const values = async (lines: readonly string[], names: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const show = names.map((name) => `printf '%s${SEPARATOR.replaceAll('\n', '\\n')}' "\${${name}}"`);
    const run = await runInShell(shell, [...STRICT_MODE, ...lines, ...show].join('\n'), { env });
    assert.deepEqual([run.exitCode, run.stderr], [0, '']);
    return run.stdout.split(SEPARATOR).slice(0, -1);
  };

  describe(`quoting in ${shell.name}`, { skip: shell.missing }, () => {
    test('hard values come through an export unchanged', async () => {
      const variables = HARD.map((value, index) => ({ key: `V${index}`, value }));
      const shown = await values(
        exportVariables(variables),
        variables.map(({ key }) => key),
      );
      assert.deepEqual(shown, HARD);
    });

    test('and reach child processes', async () => {
      const variables = [3, 5, 7].map((index) => ({ key: `V${index}`, value: HARD[index] ?? '' }));
      const child = `sh -c 'printf "%s" "$V3$V5$V7"'`;
      const { stdout } = await runInShell(shell, [...exportVariables(variables), child].join('\n'));
      assert.equal(stdout, variables.map(({ value }) => value).join(''));
    });

    test('random text too', async () => {
      const random = seededRandom(99);
      const alphabet = `'"\\$\`\n\r\t !*?[](){}<>|&;#~=%-ab1é\x01\x7f`;
      const variables: ShellVariable[] = Array.from({ length: 200 }, (_, index) => ({
        key: `R${index}`,
        value: Array.from(
          { length: 1 + Math.floor(random() * 12) },
          () => alphabet[Math.floor(random() * alphabet.length)],
        ).join(''),
      }));
      const shown = await values(
        exportVariables(variables),
        variables.map(({ key }) => key),
      );
      assert.deepEqual(
        shown,
        variables.map(({ value }) => value),
      );
    });

    test('words of a command', async () => {
      const { stdout } = await runInShell(
        shell,
        `printf '%s${SEPARATOR.replaceAll('\n', '\\n')}' ${HARD.map(shellQuote).join(' ')}`,
      );
      assert.deepEqual(stdout.split(SEPARATOR).slice(0, -1), HARD);
    });

    test('notices', async () => {
      const { stdout } = await runInShell(shell, notice(`-n %s 'x' \\n $HOME`));
      assert.equal(stdout, `\x1b[32;1m-n %s 'x' \\n $HOME\x1b[0;m\n`);
    });
  });

  describe(`variables in ${shell.name}`, { skip: shell.missing }, () => {
    test('200 kB: the shell has it, and its children still start', async () => {
      const big = { key: 'BIG', value: 'x'.repeat(200_000) };
      assert.equal(isTooLong(big), true);
      const lines = [...exportVariables([big]), 'LENGTH=${#BIG}', 'CHILD=$(env true && echo started)'];
      assert.deepEqual(await values(lines, ['LENGTH', 'CHILD']), ['200000', 'started']);
    });

    test('PATH=$PATH:/extra adds to the PATH of the image', async () => {
      const lines = exportVariables([{ key: 'PATH', value: `${IMAGE_PATH}:/ex tra:$x` }]);
      const env = { PATH: '/usr/bin:/bin' };
      assert.deepEqual(await values(lines, ['PATH'], env), ['/usr/bin:/bin:/ex tra:$x']);
    });

    test('names that a shell keeps to itself do not end the job', async () => {
      const words =
        'SHELLOPTS BASHOPTS UID EUID PPID BASHPID BASH_VERSINFO BASH_VERSION GROUPS FUNCNAME DIRSTACK BASH_ARGC ' +
        'BASH_ARGV BASH_LINENO BASH_SOURCE BASH_SUBSHELL COMP_WORDBREAKS EPOCHSECONDS LINENO OPTIND OPTARG OPTERR ' +
        'RANDOM SECONDS SRANDOM HISTCMD PS1 PS4 PWD OLDPWD SHLVL HOSTNAME HOSTTYPE MACHTYPE OSTYPE PIPESTATUS TERM ' +
        'MAIL MAILPATH HISTSIZE LC_ALL LANG _';
      const names = words.split(' ');
      for (const value of ['abc', '', '1000']) {
        const variables = [...names.map((key) => ({ key, value })), { key: 'LAST', value: 'reached' }];
        const run = await runInShell(
          shell,
          [...STRICT_MODE, ...exportVariables(variables), 'printf %s "$LAST"'].join('\n'),
        );
        assert.deepEqual([run.exitCode, run.stdout], [0, 'reached'], `${value}: ${run.stderr}`);
      }
    });

    for (const name of ['1X', 'a-b', 'a.b', '', 'a b', 'x;id', '$(id)', 'a=b', 'é', 'x\ny'])
      test(`${JSON.stringify(name)} is no name: it is left to the environment`, () => {
        assert.deepEqual(exportVariables([{ key: name, value: 'v' }]), []);
      });

    test('pipefail where the shell knows it, errexit everywhere', async () => {
      const script = [
        ...STRICT_MODE,
        'case "$(set -o)" in *pipefail*) false | true ;; *) false ;; esac',
        'echo never',
      ].join('\n');
      const { exitCode, stdout } = await runInShell(shell, script);
      assert.deepEqual([exitCode, stdout], [1, '']);
    });
  });
}
