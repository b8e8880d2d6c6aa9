import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { onAbort } from '../../../common/abort.ts';
import { errorCode } from '../../../common/errors/error-code.ts';
import { toError } from '../../../common/errors/to-error.ts';

/** What a credential helper can be told to do. */
export type HelperAction = 'get' | 'list';

/** How a helper ended. `reason` is ours: what the program itself said may be a secret and is never shown. */
export type HelperReply =
  | { readonly kind: 'answer'; readonly exitCode: number; readonly stdout: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Runs `docker-credential-<name> <action>`; rejects only with the reason of the signal. */
export type RunHelper = (
  name: string,
  action: HelperAction,
  input: string,
  signal: AbortSignal,
) => Promise<HelperReply>;

export interface HelperRunnerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 1_048_576;
/** How long the output of a helper that has ended may stay open: its children may hold it. */
const LINGER_MS = 250;

/**
 * Makes a `RunHelper`. The registry goes through stdin, stderr is not read. A helper that says too much or takes too long
 * is killed together with its children.
 */
export function helperRunner({ env, timeoutMs = TIMEOUT_MS }: HelperRunnerOptions): RunHelper {
  return async (name, action, input, signal) => {
    signal.throwIfAborted();
    const child = start(name, action, env);
    if (child instanceof Error) return { kind: 'failed', reason: startFailure(child) };
    const { promise, resolve } = Promise.withResolvers<HelperReply>();
    const giveUp = (reason: string): void => {
      killGroup(child);
      resolve({ kind: 'failed', reason });
    };
    const timer = setTimeout(() => giveUp(`did not answer within ${timeoutMs / 1000} s`), timeoutMs);
    using _ = onAbort(signal, () => giveUp('was stopped'));
    child.once('error', (error) => resolve({ kind: 'failed', reason: startFailure(error) }));
    collectAnswer(child, resolve, giveUp);
    // A helper that ends without reading is no failure by itself.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const reply = await promise;
    clearTimeout(timer);
    child.stdout.destroy();
    signal.throwIfAborted();
    return reply;
  };
}

type Helper = ChildProcessByStdio<Writable, Readable, null>;

/** Some failures to start are thrown, such as that of a name that is too long; others come as an event. */
function start(name: string, action: HelperAction, env: NodeJS.ProcessEnv): Helper | Error {
  try {
    return spawn(`docker-credential-${name}`, [action], { env, detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  } catch (error) {
    return toError(error);
  }
}

function collectAnswer(child: Helper, resolve: (reply: HelperReply) => void, giveUp: (reason: string) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_OUTPUT_BYTES) return giveUp('answered with more than 1 MB');
    chunks.push(chunk);
  });
  const answer = (exitCode: number | null, signalName: NodeJS.Signals | null): void =>
    exitCode === null
      ? resolve({ kind: 'failed', reason: `was killed (${signalName ?? 'unknown signal'})` })
      : resolve({ kind: 'answer', exitCode, stdout: Buffer.concat(chunks).toString('utf8') });
  child.once('close', answer);
  child.once('exit', (exitCode, signalName) => setTimeout(answer, LINGER_MS, exitCode, signalName).unref());
}

/** The helper leads a process group of its own. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

function startFailure(error: Error): string {
  const code = errorCode(error);
  return code === 'ENOENT' ? 'is not on the PATH of the agent' : `cannot be started (${code ?? 'unknown error'})`;
}
