import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CoordinatorClient } from './coordinator-client.ts';
import { ServerProcess } from './server-process.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'coordinator-mock', 'main.ts');
const LISTENS = /^coordinator listens on (?<url>\S+)/;
const LONG_POLL_SECONDS = 20;

/** A coordinator on a free port of this machine, with one runner that may be registered. */
export interface LocalCoordinator {
  readonly process: ServerProcess;
  readonly client: CoordinatorClient;
  readonly runnerToken: string;
}

export interface CoordinatorPlace {
  /** Folder for its files. */
  readonly dataDir: string;
  /** Git repository that jobs without a pipeline get their sources from. */
  readonly project?: string;
}

/** Starts `coordinator serve` and waits until it answers. */
export async function startLocalCoordinator({ dataDir, project }: CoordinatorPlace): Promise<LocalCoordinator> {
  const runnerToken = `glrt-${randomBytes(10).toString('hex')}`;
  const longPoll = ['--long-poll', String(LONG_POLL_SECONDS)];
  const sources = project === undefined ? [] : ['--project', project];
  const coordinator = new ServerProcess({
    name: 'the coordinator',
    args: [PROGRAM, 'serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, ...longPoll, ...sources],
    env: { RUNNER_TOKEN: runnerToken },
  });
  try {
    const { groups } = await coordinator.waitForLine(LISTENS);
    return { process: coordinator, client: new CoordinatorClient(groups?.['url'] ?? ''), runnerToken };
  } catch (error) {
    await coordinator.stop();
    throw error;
  }
}
