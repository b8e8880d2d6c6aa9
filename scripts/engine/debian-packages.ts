import { access, rm, writeFile } from 'node:fs/promises';
import { runCommand } from '../common/run-command.ts';
import { SetupError } from '../common/setup-error.ts';

const POLICY_FILE = '/usr/sbin/policy-rc.d';

/** Installs those of the Debian packages that are missing. Throws `SetupError` where it cannot. */
export async function ensurePackages(packages: readonly string[]): Promise<void> {
  const missing = await missingPackages(packages);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new SetupError(`missing Debian packages; install them as root: apt-get install ${missing.join(' ')}`);
  }
  console.log(`installing Debian packages: ${missing.join(' ')}`);
  await withoutServiceStarts(() => install(missing));
}

async function missingPackages(packages: readonly string[]): Promise<string[]> {
  const states = await Promise.all(packages.map(isInstalled));
  return packages.filter((_, index) => states[index] === false);
}

async function isInstalled(name: string): Promise<boolean> {
  try {
    return (await runCommand('dpkg-query', ['-W', '-f', '${db:Status-Status}', name])) === 'installed';
  } catch {
    return false;
  }
}

async function install(packages: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  try {
    await runCommand('apt-get', ['install', ...options, ...packages], { env });
  } catch {
    // Package lists may be missing or old: fetch them and try once more.
    await runCommand('apt-get', ['update', '-q'], { env }).catch(() => undefined);
    await runCommand('apt-get', ['install', ...options, ...packages], { env }).catch((error: unknown) => {
      throw new SetupError(`apt-get cannot install ${packages.join(' ')}`, { cause: error });
    });
  }
}

/** Keeps a package's own service from starting: the engine here runs under our own flags. */
async function withoutServiceStarts(action: () => Promise<void>): Promise<void> {
  const hasPolicy = await access(POLICY_FILE).then(
    () => true,
    () => false,
  );
  if (hasPolicy) return action();
  await writeFile(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await action();
  } finally {
    await rm(POLICY_FILE, { force: true });
  }
}
