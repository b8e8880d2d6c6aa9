import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { stepScript } from '../../../../agent/stages/step-script.ts';
import { runInShell, SHELLS, withoutEcho } from '../../../support/framed-shell.ts';
import { accepted } from '../../../support/job-fixture.ts';
import { tempDir } from '../../../support/temp-dir.ts';

type Outcome = readonly [exitCode: number, ...lines: string[]];

/** Commands, what they end with in every shell, and the shells that see it in their own way. */
const FLOW: Readonly<Record<string, [commands: string[], outcome: Outcome, own?: Readonly<Record<string, Outcome>>]>> =
  {
    'a false line': [
      ['echo a', 'false', 'echo b'],
      [1, 'a'],
    ],
    subshell: [['(exit 3)', 'echo b'], [3]],
    assignment: [['x=$(exit 4)', 'echo b'], [4]],
    'export hides': [
      ['export x=$(exit 4)', 'echo b'],
      [0, 'b'],
    ],
    or: [
      ['false || echo c', 'echo b'],
      [0, 'c', 'b'],
    ],
    if: [
      ['if false; then :; fi', 'echo b'],
      [0, 'b'],
    ],
    not: [
      ['! true', 'echo b'],
      [0, 'b'],
    ],
    'not as last': [
      ['echo a', '! true'],
      [1, 'a'],
    ],
    and: [
      ['false && true', 'echo b'],
      [0, 'b'],
    ],
    'and as last': [
      ['echo a', 'false && true'],
      [1, 'a'],
    ],
    'first of a pipe fails': [['false | cat', 'echo b'], [1], { dash: [0, 'b'] }],
    'reader of a pipe ends early': [['yes | head -n 1', 'echo b'], [141, 'y'], { dash: [0, 'y', 'b'] }],
    'last of a pipe fails': [['echo x | false', 'echo b'], [1]],
    'in a function': [['f() { false; echo in; }\nf', 'echo b'], [1]],
    'function as condition': [['f() { false; echo in; }\nif f; then echo yes; fi'], [0, 'in', 'yes']],
    'inside a multi-line item': [['echo a\nfalse\necho b'], [1, 'a']],
    'set +e': [
      ['set +e', 'false', 'echo b'],
      [0, 'b'],
    ],
    'set +e, last fails': [
      ['set +e', 'echo a', '(exit 9)'],
      [9, 'a'],
    ],
    'in a loop': [
      ['for i in 1 2; do echo $i; false; done', 'echo b'],
      [1, '1'],
    ],
    'unknown command': [['no-such-command-x', 'echo b'], [127]],
    'not executable': [['/etc/passwd', 'echo b'], [126]],
    'exit 0 early': [
      ['echo a', 'exit 0', 'echo b'],
      [0, 'a'],
    ],
    'unset variable': [['echo "[$NOPE]"'], [0, '[]']],
    'set -u': [['set -u', 'echo "[$NOPE]"', 'echo b'], [2], { bash: [1] }],
    'syntax error': [
      ['echo a', 'if true; then', 'echo b'],
      [2, 'a'],
    ],
    return: [['echo a', 'return 5', 'echo b'], [5, 'a'], { bash: [2, 'a'] }],
    'unclosed quote': [["echo 'a"], [2]],
    'closing brackets do not end the frame': [
      ['echo a', ') ; echo out', 'echo b'],
      [2, 'a'],
    ],
    'noclobber is off': [
      ['echo 1 > f', 'echo 2 > f', 'cat f'],
      [0, '2'],
    ],
    'KILL of a child': [["sh -c 'kill -9 $$'"], [137]],
    'TERM of a child': [["sh -c 'kill -15 $$'"], [143]],
    'SEGV of a child': [["sh -c 'kill -11 $$'"], [139]],
    'exec replaces the shell': [
      ['echo a', 'exec echo replaced', 'echo never'],
      [0, 'a', 'replaced'],
    ],
    'exec with a code': [["exec sh -c 'echo r; exit 5'"], [5, 'r']],
    'EXIT trap': [
      ["trap 'echo bye' EXIT", 'echo a', 'false'],
      [1, 'a', 'bye'],
    ],
    'variables of one item reach the next': [
      ['x=1; cd /', 'f() { echo $x; pwd; }', 'f'],
      [0, '1', '/'],
    ],
    'the last command is a comment': [
      ['echo a', '# done'],
      [0, 'a'],
    ],
    'a here-document': [
      ['cat <<EOT\nx $((1 + 1))\nEOT', 'echo b'],
      [0, 'x 2', 'b'],
    ],
    'a line that goes on': [['echo a \\\nb'], [0, 'a b']],
    nothing: [[''], [0]],
  };

const dir = await tempDir();
after(() => dir[Symbol.asyncDispose]());
const { spec } = accepted({ runner: { builds_dir: dir.path } });
before(() => mkdir(spec.directories.project, { recursive: true }));

for (const shell of SHELLS)
  describe(`what stops a script: ${shell.name}`, { skip: shell.missing }, () => {
    for (const [name, [commands, usual, own]] of Object.entries(FLOW))
      test(name, async () => {
        const run = await runInShell(shell, stepScript(spec, commands));
        const lines = withoutEcho(run.stdout)
          .split('\n')
          .filter((line) => line !== '');
        assert.deepEqual([run.exitCode, ...lines], own?.[shell.name] ?? usual, run.stderr);
        assert.equal(run.end.marked, true);
      });
  });
