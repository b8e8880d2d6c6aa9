import { runCommand } from '../../scripts/common/run-command.ts';

const SYSTEM_ID = 'com.gitlab.gitlab-runner.runner.system_id';
const JOB_ID = 'com.gitlab.gitlab-runner.job.id';
const TYPE = 'com.gitlab.gitlab-runner.type';
const REUSABLE = 'com.gitlab.gitlab-runner.reusable';

/** What one agent has on the engine, by its system id. */
export class EngineObjects {
  readonly #socket: string;
  readonly #filter: readonly string[];

  constructor(socket: string, systemId: string) {
    this.#socket = socket;
    this.#filter = ['--filter', `label=${SYSTEM_ID}=${systemId}`];
  }

  /** Containers, networks and the volumes that are not kept for later jobs. */
  async leftovers(): Promise<string[]> {
    const [containers, networks, volumes] = await Promise.all([
      this.#list('ps', '--all', '--format', '{{.Names}} ({{.Status}})'),
      this.#list('network', 'ls', '--format', '{{.Name}}'),
      this.#list('volume', 'ls', '--format', `{{.Name}} {{.Label "${REUSABLE}"}}`),
    ]);
    const temporary = volumes.filter((volume) => !volume.endsWith(' true'));
    return [...containers, ...networks, ...temporary];
  }

  /** The running container of a job's script. */
  async buildContainer(jobId: number): Promise<string | undefined> {
    const filter = ['--filter', `label=${JOB_ID}=${String(jobId)}`, '--filter', `label=${TYPE}=build`];
    return (await this.#list('ps', ...filter, '--format', '{{.Names}}'))[0];
  }

  /** What a container has printed. */
  async logs(container: string): Promise<string> {
    return this.docker('logs', container);
  }

  async removeAll(): Promise<void> {
    const containers = await this.#list('ps', '--all', '--quiet');
    if (containers.length > 0) await this.docker('rm', '--force', '--volumes', ...containers);
    const networks = await this.#list('network', 'ls', '--quiet');
    if (networks.length > 0) await this.docker('network', 'rm', ...networks);
    const volumes = await this.#list('volume', 'ls', '--quiet');
    if (volumes.length > 0) await this.docker('volume', 'rm', '--force', ...volumes);
  }

  async docker(...args: readonly string[]): Promise<string> {
    return runCommand('docker', ['--host', `unix://${this.#socket}`, ...args]);
  }

  async #list(...args: readonly string[]): Promise<string[]> {
    return (await this.docker(...args, ...this.#filter)).split('\n').filter((line) => line !== '');
  }
}
