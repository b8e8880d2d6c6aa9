import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Repositories may belong to another user than ours: whoever names one to the coordinator trusts it. */
export const gitEnvironment: Readonly<Record<string, string>> = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
};

/** Runs git in a folder and gives its output without the last line end. Throws an Error with git's own last line. */
export async function runGit(folder: string, ...args: string[]): Promise<string> {
  const options = { env: { ...process.env, ...gitEnvironment }, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', folder, ...args], options);
    return stdout.replace(/\n$/, '');
  } catch (cause) {
    const text = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw new Error(`git ${args[0] ?? ''}: ${text.split('\n').at(-1) ?? 'failed'}`, { cause });
  }
}
