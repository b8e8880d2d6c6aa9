import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** What one run of the command line left. */
export interface AgentRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AgentRunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; closed at once when left out. */
  readonly input?: string;
  /** Called with the process id once it runs. */
  readonly onStart?: (pid: number) => void;
  /** Called with all that was printed so far, whenever there is more. */
  readonly onOutput?: (text: string, child: ChildProcess) => void;
}

const main = join(import.meta.dirname, '..', '..', 'agent', 'main.ts');

/** Runs the real command line in a process of its own, with nothing in its environment but what is given. */
export async function runAgent(args: readonly string[], options: AgentRunOptions = {}): Promise<AgentRun> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...options.env };
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onOutput?.(stdout + stderr, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onOutput?.(stdout + stderr, child);
  });
  child.stdin.end(options.input ?? '');
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, stdout, stderr };
}
