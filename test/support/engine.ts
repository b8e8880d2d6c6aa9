import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Unix socket of the engine under test, as `npm test` (empty: none) or DOCKER_HOST names it; undefined: none. */
export function engineSocket(): string | undefined {
  const named = process.env['DOCKWORKER_TEST_SOCKET'] ?? unixPath(process.env['DOCKER_HOST']) ?? '/var/run/docker.sock';
  return existsSync(named) ? named : undefined;
}

/** For `test(name, { skip: needsEngine() }, ...)`: false, or the reason why the test cannot run here. */
export function needsEngine(): false | string {
  return engineSocket() === undefined ? 'no Docker Engine: run `npm run engine -- start`, or `npm test`' : false;
}

/** Runs the docker client against the engine under test and gives its standard output, trimmed. Rejects on failure. */
export async function docker(...args: readonly string[]): Promise<string> {
  const socket = engineSocket();
  if (socket === undefined) throw new Error('no Docker Engine to run docker against');
  const { stdout } = await execute('docker', ['--host', `unix://${socket}`, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

function unixPath(host: string | undefined): string | undefined {
  return host?.startsWith('unix://') === true ? host.slice('unix://'.length) : undefined;
}
