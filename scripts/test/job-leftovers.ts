import { runCommand } from '../common/run-command.ts';

const MANAGED = 'label=com.gitlab.gitlab-runner.managed=true';

/** Everything on the engine that carries the label of a job's things, e.g. `network runner-net-1`. */
export async function listJobThings(socket: string): Promise<string[]> {
  const listings = [
    ['container', 'ps', '--all', '--format', '{{.Names}} ({{.Status}})'],
    ['network', 'network', 'ls', '--format', '{{.Name}}'],
    ['volume', 'volume', 'ls', '--format', '{{.Name}}'],
  ].map(async ([noun = '', ...args]) => {
    const lines = await runCommand('docker', ['--host', `unix://${socket}`, ...args, '--filter', MANAGED]);
    return lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `${noun} ${line}`);
  });
  return (await Promise.all(listings)).flat();
}
