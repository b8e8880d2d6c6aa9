import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../common/run-command.ts';
import { SetupError } from '../common/setup-error.ts';
import { findDebianMirror } from './apt-mirror.ts';
import { ensurePackages } from './debian-packages.ts';
import { CACHE_DIR } from './engine-paths.ts';

const ROOT = join(CACHE_DIR, 'engine', 'current-root');
const PACKAGES = 'docker.io,containerd,runc,iptables,ca-certificates';
const STAMP = `sid ${PACKAGES}\n`;

/** Path of a root file system with Debian unstable's engine; made once (15 s, 370 MB), then kept. */
export async function ensureCurrentRoot(): Promise<string> {
  if (!(await isFinished())) await makeRoot();
  await copyFile('/etc/resolv.conf', join(ROOT, 'etc/resolv.conf'));
  await copyFile('/etc/hosts', join(ROOT, 'etc/hosts'));
  return ROOT;
}

async function isFinished(): Promise<boolean> {
  const stamp = await readFile(join(ROOT, '.dockworker-stamp'), 'utf8').catch(() => undefined);
  return stamp === STAMP;
}

async function makeRoot(): Promise<void> {
  await ensurePackages(['mmdebstrap']);
  const mirror = await findDebianMirror();
  console.log(`making the root file system of the current engine from ${mirror}`);
  const partial = `${ROOT}.partial-${String(process.pid)}`;
  await mkdir(join(CACHE_DIR, 'engine'), { recursive: true });
  try {
    await runCommand('mmdebstrap', mmdebstrapArgs(partial, mirror));
    await writeFile(join(partial, '.dockworker-stamp'), STAMP);
    await rm(ROOT, { recursive: true, force: true });
    await rename(partial, ROOT);
  } catch (error) {
    throw new SetupError(`the root file system of the current engine cannot be made from ${mirror}`, { cause: error });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function mmdebstrapArgs(target: string, mirror: string): string[] {
  return [
    '--quiet',
    '--variant=minbase',
    // A frozen mirror's Release file may be past its date.
    '--aptopt=Acquire::Check-Valid-Until "false"',
    `--include=${PACKAGES}`,
    'sid',
    target,
    `deb [trusted=yes] ${mirror} sid main`,
  ];
}
