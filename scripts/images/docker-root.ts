import { copyFile, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../common/run-command.ts';
import { SetupError } from '../common/setup-error.ts';
import { ensureCurrentRoot } from '../engine/current-root.ts';

/** Mount points, and what no container needs. */
const LEFT_OUT =
  'proc sys dev run tmp mnt opt work var/lib/docker var/lib/apt/lists var/cache/apt usr/share/doc usr/share/man'.split(
    ' ',
  );

const ADDED = ['usr/local/bin/docker', 'usr/local/bin/dockerd-entrypoint.sh'];

/**
 * Writes the current engine's root file system with this machine's docker client as a tar archive: what a container needs
 * that is a Docker Engine itself (250 MB). Throws `SetupError`.
 */
export async function writeDockerRoot(archive: string, entrypoint: string): Promise<void> {
  const root = await ensureCurrentRoot();
  const excluded = [...LEFT_OUT.map((path) => `${path}/*`), ...ADDED].map((path) => `--exclude=./${path}`);
  await runCommand('tar', ['--create', '--file', archive, '--directory', root, ...excluded, '.']);
  const added = `${archive}.added`;
  const programs = join(added, 'usr/local/bin');
  await mkdir(programs, { recursive: true });
  try {
    await copyFile(await clientPath(), join(programs, 'docker'));
    await writeFile(join(programs, 'dockerd-entrypoint.sh'), entrypoint, { mode: 0o755 });
    await runCommand('tar', ['--append', '--file', archive, '--directory', added, ...ADDED]);
  } finally {
    await rm(added, { recursive: true, force: true });
  }
}

async function clientPath(): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const found = await realpath(join(folder, 'docker')).catch(() => undefined);
    if (found !== undefined) return found;
  }
  throw new SetupError('there is no docker client on PATH to be put into an image');
}
