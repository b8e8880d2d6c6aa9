import { runCommand } from '../common/run-command.ts';

const RUNNER_LABEL = 'com.gitlab.gitlab-runner.runner.id';

/** Removes every container, network and volume that a runner's jobs have left, kept caches too. Gives their names. */
export async function removeRunnerThings(socket: string, shortToken: string): Promise<string[]> {
  const docker = (...args: readonly string[]): Promise<string> =>
    runCommand('docker', ['--host', `unix://${socket}`, ...args]);
  const filter = ['--filter', `label=${RUNNER_LABEL}=${shortToken}`];
  const list = async (...args: readonly string[]): Promise<string[]> =>
    (await docker(...args, ...filter)).split('\n').filter((line) => line !== '');
  const containers = await list('ps', '--all', '--format', '{{.Names}}');
  if (containers.length > 0) await docker('rm', '--force', '--volumes', ...containers);
  const networks = await list('network', 'ls', '--format', '{{.Name}}');
  if (networks.length > 0) await docker('network', 'rm', ...networks);
  const volumes = await list('volume', 'ls', '--format', '{{.Name}}');
  if (volumes.length > 0) await docker('volume', 'rm', '--force', ...volumes);
  return [...containers, ...networks, ...volumes];
}
