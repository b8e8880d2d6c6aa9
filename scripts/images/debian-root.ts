import { runCommand } from '../common/run-command.ts';
import { SetupError } from '../common/setup-error.ts';
import { findDebianMirror } from '../engine/apt-mirror.ts';

const UNUSED_PATHS = ['doc', 'man', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);

/** Writes a small Debian root file system with the packages as a tar archive (about 15 s). Throws `SetupError`. */
export async function writeDebianRoot(archive: string, packages: readonly string[]): Promise<void> {
  const mirror = await findDebianMirror();
  const options = ['--quiet', '--variant=minbase', '--format=tar', '--aptopt=Acquire::Check-Valid-Until "false"'];
  const include = `--include=${packages.join(',')}`;
  const source = `deb [trusted=yes] ${mirror} bookworm main`;
  try {
    await runCommand('mmdebstrap', [...options, ...UNUSED_PATHS, include, 'bookworm', archive, source]);
  } catch (error) {
    throw new SetupError(`an image with ${packages.join(', ')} cannot be made from ${mirror}`, { cause: error });
  }
}
