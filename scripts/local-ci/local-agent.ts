import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../common/run-command.ts';
import { ServerProcess } from './server-process.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');
const PROGRAM = join(CHECKOUT, 'agent', 'main.ts');

export interface AgentOptions {
  /** Folder for config.toml and the agent's state. */
  readonly folder: string;
  readonly coordinatorUrl: string;
  readonly runnerToken: string;
  /** The engine's unix socket. */
  readonly socket: string;
  readonly helperImage: string;
  /** Most jobs at a time. */
  readonly concurrent: number;
  /** More options of `register`. */
  readonly registerOptions?: readonly string[];
}

/** Registers a runner with `dockworker register` in a config file of its own and starts `dockworker run` with it. */
export async function startLocalAgent(options: AgentOptions): Promise<ServerProcess> {
  const { folder, socket, concurrent } = options;
  const config = join(folder, 'config.toml');
  // The cache as `npm run dockworker` sets it: with it, the agent does not load what strips types.
  const env = {
    DOCKER_HOST: `unix://${socket}`,
    NODE_COMPILE_CACHE: join(CHECKOUT, 'node_modules', '.cache', 'dockworker'),
  };
  await writeFile(config, `concurrent = ${String(concurrent)}\ncheck_interval = 1\n`, { mode: 0o600 });
  await register(options, config);
  const agent = new ServerProcess({
    name: 'the agent',
    args: [PROGRAM, 'run', '--config', config, '--state-dir', join(folder, 'state')],
    env,
  });
  try {
    await agent.waitForLine(/Started/);
    return agent;
  } catch (error) {
    await agent.stop();
    throw error;
  }
}

/** The token goes through the environment: argument lists are there for everyone to read. */
async function register(options: AgentOptions, config: string): Promise<void> {
  const { coordinatorUrl, runnerToken, helperImage, concurrent, registerOptions = [] } = options;
  const docker = ['--docker-image', 'busybox:latest', '--docker-helper-image', helperImage];
  const entry = ['--name', 'local', '--executor', 'docker', '--request-concurrency', String(concurrent)];
  const args = ['register', '--non-interactive', '--config', config, '--url', coordinatorUrl, ...entry, ...docker];
  const policy = ['--docker-pull-policy', 'if-not-present'];
  const env = { CI_SERVER_TOKEN: runnerToken };
  await runCommand(process.execPath, [PROGRAM, ...args, ...policy, ...registerOptions], { env });
}
