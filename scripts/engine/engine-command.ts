import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ensureCurrentRoot } from './current-root.ts';
import { ensurePackages } from './debian-packages.ts';
import type { EngineKind } from './engine-kind.ts';
import { DEFAULT_SOCKET, ENGINE_LOCK, enginePaths } from './engine-paths.ts';

const ENTER_ROOT = fileURLToPath(new URL('enter-root.sh', import.meta.url));
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Exit code of the engine's command when another one holds the lock. */
export const LOCK_HELD = 75;

/** Prepares what the engine needs on this machine and gives the command line that becomes it. */
export async function engineCommand(kind: EngineKind): Promise<string[]> {
  await ensurePackages(['docker.io', 'containerd', 'runc', 'iptables', 'ca-certificates', 'mount']);
  // The lock is held through an inherited descriptor: it goes when the engine and its containerd are gone.
  const lock = ['flock', '--nonblock', '--conflict-exit-code', String(LOCK_HELD), '--no-fork', ENGINE_LOCK];
  return [...lock, ...(kind === 'current' ? await ownRoot() : []), ...dockerd(kind)];
}

async function ownRoot(): Promise<string[]> {
  const { dataRoot } = enginePaths('current');
  const shared = [dataRoot, CHECKOUT, '/var/tmp', '/tmp', tmpdir()];
  return ['unshare', '--mount', 'sh', ENTER_ROOT, await ensureCurrentRoot(), ...new Set(shared), '--'];
}

function dockerd(kind: EngineKind): string[] {
  const { dataRoot, execRoot, pidFile } = enginePaths(kind);
  const flags = ['--data-root', dataRoot, '--exec-root', execRoot, '--pidfile', pidFile];
  return ['dockerd', ...flags, '--host', `unix://${DEFAULT_SOCKET}`];
}
