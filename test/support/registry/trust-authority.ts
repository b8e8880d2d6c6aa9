import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findRunningEngine } from '../../../scripts/engine/running-engine.ts';

const FOLDER = '/etc/docker/certs.d';

/**
 * Has the engine and the agent trust the authority for one registry, until it is disposed: in the machine's own folder
 * and in that of an engine with a root of its own. Rejects where that folder may not be written.
 */
export async function trustAuthority(host: string, certificate: string): Promise<AsyncDisposable> {
  const engine = await findRunningEngine();
  const roots = ['', ...(engine === undefined ? [] : [`/proc/${String(engine.pid)}/root`])];
  const folders = roots.map((root) => join(root, FOLDER, host));
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
    await copyFile(certificate, join(folder, 'ca.crt'));
  }
  return {
    [Symbol.asyncDispose]: async () => {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}
