import { execFileSync } from 'node:child_process';
import { engineSocket, needsEngine } from './engine.ts';

/** For `{ skip: needsPrivileged() }`: false, or why no privileged container can be started here. Starts one: ask once per file. */
export function needsPrivileged(): false | string {
  const reason = needsEngine();
  if (reason !== false) return reason;
  const run = ['run', '--rm', '--privileged', '--network', 'none', 'busybox:latest', 'true'];
  try {
    execFileSync('docker', ['--host', `unix://${engineSocket() ?? ''}`, ...run], { stdio: 'ignore' });
    return false;
  } catch {
    return 'this engine starts no privileged containers here (that of Debian 12 does not on newer kernels)';
  }
}
