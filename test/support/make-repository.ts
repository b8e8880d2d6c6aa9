import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const identity = { name: 'Ada Author', email: 'ada@example.com' };

/** Makes a git repository in `folder` with branch main and one commit for each set of files. Gives back the last commit's id. */
export async function makeRepository(folder: string, commits: readonly Record<string, string>[]): Promise<string> {
  const git = async (...args: string[]): Promise<string> => {
    const asAda = ['-c', `user.name=${identity.name}`, '-c', `user.email=${identity.email}`];
    return (await promisify(execFile)('git', ['-C', folder, ...asAda, ...args])).stdout.trim();
  };
  await mkdir(folder, { recursive: true });
  await git('init', '--quiet', '--initial-branch=main');
  for (const [index, files] of commits.entries()) {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await git('add', '--all');
    await git('commit', '--quiet', `--message=commit ${index + 1}`);
  }
  return git('rev-parse', 'HEAD');
}
