import { cp } from 'node:fs/promises';
import { runCommand } from '../common/run-command.ts';

/** Settings of this machine's user must not matter: no global config, a name of our own. */
const GIT_ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Dockworker',
  GIT_AUTHOR_EMAIL: 'dockworker@example.com',
  GIT_COMMITTER_NAME: 'Dockworker',
  GIT_COMMITTER_EMAIL: 'dockworker@example.com',
};

/** Makes a git repository with one commit in `folder` (absent or empty) out of the files in `from`. */
export async function makeGitProject(from: string, folder: string, format: 'sha1' | 'sha256' = 'sha1'): Promise<void> {
  await cp(from, folder, { recursive: true });
  const git = (...args: string[]): Promise<string> => runCommand('git', ['-C', folder, ...args], { env: GIT_ENV });
  await git('init', '--quiet', '--initial-branch', 'main', `--object-format=${format}`);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'Files of the project');
}
