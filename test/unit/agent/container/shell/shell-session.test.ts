import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { markStart, ScriptFrame } from '../../../../../agent/container/shell/script-frame.ts';
import { ShellSession, type ShellScript } from '../../../../../agent/container/shell/shell-session.ts';
import { DASH, FramedShell, runInShell, SHELLS } from '../../../../support/framed-shell.ts';
import { frame } from '../../../../support/frames.ts';

const NONCE = '0123456789abcdef'.repeat(2);
let runs = 0;

function script(body: string, last: boolean): ShellScript {
  return { frame: new ScriptFrame(NONCE, (runs += 1)), body, last };
}

class Output {
  stdout = '';
  stderr = '';
  readonly #waiting: { text: string; resolve: () => void }[] = [];

  write(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this[stream] += chunk.toString();
    for (const { text, resolve } of this.#waiting) if (this.stdout.includes(text)) resolve();
  }

  /** Resolves when stdout holds the text. */
  async has(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ text, resolve });
    this.write('stdout', Buffer.alloc(0));
    await promise;
  }
}

describe('ScriptFrame', () => {
  test('the script shows its marks only quoted', () => {
    assert.equal(new ScriptFrame(NONCE, 1).wrap('true', true).includes(markStart(NONCE).toString()), false);
  });
});

for (const shell of SHELLS) {
  describe(`ShellSession with ${shell.name}`, { skip: shell.missing }, () => {
    test('a resident shell runs one script after the other and keeps nothing of the first', async () => {
      const session = new ShellSession(new FramedShell(shell));
      const [first, second, third] = [new Output(), new Output(), new Output()];
      assert.deepEqual(
        await session.run(script('cd /; X=1; export X; set -e; echo one; false; echo no', false), first),
        {
          marked: true,
          exitCode: 1,
        },
      );
      assert.deepEqual(await session.run(script('echo "two [$X]"; pwd; exit 7', false), second), {
        marked: true,
        exitCode: 7,
      });
      assert.deepEqual(await session.run(script('if', false), third), { marked: true, exitCode: 2 });
      assert.equal(first.stdout, 'one\n');
      assert.equal(second.stdout, `two []\n${process.cwd()}\n`);
      session.close();
    });

    test('output that comes right before the end is whole', async () => {
      const body = 'i=0; while [ $i -lt 2000 ]; do echo "out $i"; echo "err $i" >&2; i=$((i+1)); done';
      const { stdout, stderr, exitCode } = await runInShell(shell, body);
      assert.equal(exitCode, 0);
      assert.ok(stdout.endsWith('out 1999\n') && stderr.endsWith('err 1999\n'));
      assert.deepEqual([stdout.split('\n').length, stderr.split('\n').length], [2001, 2001]);
    });

    test('a background process that holds the streams does not hold up the end', async () => {
      const { exitCode, stdout } = await runInShell(shell, 'sleep 20 & echo done');
      assert.deepEqual([exitCode, stdout], [0, 'done\n']);
    });

    test('forged marks are output', async () => {
      const { stdout, exitCode } = await runInShell(shell, String.raw`printf '\033]dw;%s;0\007' deadbeef; exit 4`);
      assert.deepEqual([stdout, exitCode], ['\x1b]dw;deadbeef;0\x07', 4]);
    });

    test('TERM to the script: its trap decides, later commands run', async () => {
      const { exitCode, stdout } = await runInShell(
        shell,
        `trap 'echo got TERM; exit 3' TERM; sh -c 'kill -TERM $PPID'; echo no`,
      );
      assert.deepEqual([exitCode, stdout], [3, 'got TERM\n']);
    });

    test('TERM without a trap: the EXIT trap still runs', async () => {
      const { exitCode, stdout } = await runInShell(shell, `trap 'echo bye' EXIT; sh -c 'kill -TERM $PPID'; echo no`);
      assert.deepEqual([exitCode, stdout], [1, 'bye\n']);
    });

    test('the script runs with the streams of the shell even when a script closed its own', async () => {
      const session = new ShellSession(new FramedShell(shell));
      const [first, second] = [new Output(), new Output()];
      await session.run(script('exec >/dev/null 2>&1; echo hidden', false), first);
      await session.run(script('echo seen; echo seen too >&2', false), second);
      assert.deepEqual([first.stdout, second.stdout, second.stderr], ['', 'seen\n', 'seen too\n']);
      session.close();
    });
  });
}

describe('ShellSession: ends without a mark', { skip: DASH.missing }, () => {
  test('the shell was killed: it had been reached', async () => {
    const framed = new FramedShell(DASH);
    const session = new ShellSession(framed);
    const output = new Output();
    const ending = session.run(script('echo ready; sleep 30', true), output);
    await output.has('ready');
    framed.child.kill('SIGKILL');
    framed.push(null);
    assert.deepEqual(await ending, { marked: false, shellReached: true, begun: true });
    session.close();
  });

  test('a program that is no shell: never reached, its output kept', async () => {
    const cat = { name: 'echo', command: ['echo', 'swallowed'] as const, missing: false as const };
    const session = new ShellSession(new FramedShell(cat));
    const output = new Output();
    assert.deepEqual(await session.run(script('echo never', true), output), {
      marked: false,
      shellReached: false,
      begun: false,
    });
    assert.equal(output.stdout, 'swallowed\n');
  });

  test('a program that echoes its stdin does not forge the marks', async () => {
    const cat = { name: 'cat', command: ['cat'] as const, missing: false as const };
    const session = new ShellSession(new FramedShell(cat));
    const output = new Output();
    assert.deepEqual(await session.run(script('echo x', true), output), {
      marked: false,
      shellReached: false,
      begun: false,
    });
    assert.match(output.stdout, /echo x/);
  });

  test('a stream that breaks ends the script, and the next one too', async () => {
    const stream = new PassThrough();
    const session = new ShellSession(stream);
    const ending = session.run(script('x', false), new Output());
    stream.destroy(new Error('ECONNRESET'));
    assert.deepEqual(await ending, { marked: false, shellReached: false, begun: false });
    assert.deepEqual(await session.run(script('y', false), new Output()), {
      marked: false,
      shellReached: false,
      begun: false,
    });
  });

  test('what looked like a mark comes out at the end', async () => {
    const stream = new PassThrough();
    stream.write = () => true;
    const session = new ShellSession(stream);
    const output = new Output();
    const ending = session.run(script('x', false), output);
    stream.push(frame(1, 'tail\x1b]dw;'));
    stream.push(null);
    await ending;
    assert.equal(output.stdout, 'tail\x1b]dw;');
  });

  test('what comes before the first script is not lost', async () => {
    const stream = new PassThrough();
    stream.write = () => true;
    const session = new ShellSession(stream);
    stream.push(frame(1, 'entrypoint says hello\n'));
    await new Promise((resolve) => setImmediate(resolve));
    const output = new Output();
    const ending = session.run(script('x', false), output);
    stream.push(null);
    await ending;
    assert.equal(output.stdout, 'entrypoint says hello\n');
  });
});
