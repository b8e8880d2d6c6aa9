import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams, SpawnOptionsWithoutStdio } from 'node:child_process';
import { Duplex } from 'node:stream';
import { ShellSession } from '../../agent/container/shell/shell-session.ts';
import { ScriptFrame } from '../../agent/container/shell/script-frame.ts';
import type { ScriptEnd } from '../../agent/container/shell/script-reader.ts';
import { frame } from './frames.ts';

/** A shell of this machine that job scripts must work in. */
export interface TestShell {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** For `{ skip: shell.missing }`. */
  readonly missing: false | string;
}

const shell = (name: string, ...command: [string, ...string[]]): TestShell => {
  const [program, ...args] = command;
  const works = spawnSync(program, [...args, '-c', 'exit 7']).status === 7;
  return { name, command, missing: works ? false : `${command.join(' ')} is not installed` };
};

export const BASH = shell('bash', 'bash');
export const DASH = shell('dash', 'dash');
export const BUSYBOX = shell('busybox', 'busybox', 'sh');
export const SHELLS: readonly TestShell[] = [BASH, DASH, BUSYBOX];

/** A real shell whose stdin, stdout and stderr are one multiplexed stream, as the engine gives them. */
export class FramedShell extends Duplex {
  readonly child: ChildProcessWithoutNullStreams;

  constructor({ command: [program, ...args] }: TestShell, options: SpawnOptionsWithoutStdio = {}) {
    super({ allowHalfOpen: true });
    this.child = spawn(program, args, { ...options, detached: true });
    this.child.stdout.on('data', (chunk: Buffer) => this.push(frame(1, chunk)));
    this.child.stderr.on('data', (chunk: Buffer) => this.push(frame(2, chunk)));
    this.child.stdin.on('error', () => {});
    this.child.once('close', () => this.push(null));
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    // a shell may be over before its stdin is
    this.child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#killGroup();
    done(error);
  }

  /** What a script left in the background goes with its shell. */
  #killGroup(): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // nothing is left of it
    }
  }
}

export interface ShellRun {
  readonly end: ScriptEnd;
  /** -1 when the shell was ended before it told. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one script body in a fresh shell, framed as in a container. The environment holds PATH and what `options` adds. */
export async function runInShell(
  on: TestShell,
  body: string,
  options: SpawnOptionsWithoutStdio = {},
): Promise<ShellRun> {
  const env = { PATH: process.env['PATH'], HOME: '/tmp', ...options.env };
  const framed = new FramedShell(on, { ...options, env });
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const sink = { write: (stream: 'stdout' | 'stderr', chunk: Buffer) => void output[stream].push(Buffer.from(chunk)) };
  const session = new ShellSession(framed);
  try {
    const end = await session.run({ frame: new ScriptFrame('f'.repeat(32), 1), body, last: true }, sink);
    return {
      end,
      exitCode: end.marked ? end.exitCode : -1,
      stdout: Buffer.concat(output.stdout).toString(),
      stderr: Buffer.concat(output.stderr).toString(),
    };
  } finally {
    session.close();
  }
}

/** Output without the green lines that echo commands. */
// oxlint-disable-next-line no-control-regex
export const withoutEcho = (text: string): string => text.replaceAll(/\x1b\[32;1m[^]*?\x1b\[0;m\n/g, '');
