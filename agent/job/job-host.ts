import type { Clock } from '../common/clock.ts';
import type { Logger } from '../common/logger.ts';
import type { DockerClient } from '../docker/docker-client.ts';
import type { CleanupQueue } from '../executor/cleanup-queue.ts';
import type { ImageAccess } from '../images/image-access.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import type { Deliveries } from './delivery/deliveries.ts';

/** What all jobs of one agent share. */
export interface JobHost {
  readonly systemId: string;
  /** Tells this agent's objects on an engine from everybody else's: 16 hex digits, kept in the state directory. */
  readonly instance: string;
  /** Name of the machine, for "Running on ... via ...". */
  readonly hostName: string;
  /** Directory of the agent's state; each job has `jobs/<id>` below it. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Removals that go on after a job's result was taken. */
  readonly cleanups: CleanupQueue;
  /** Results that the coordinator has not taken yet. */
  readonly deliveries: Deliveries;
  /** What pulls the images of all jobs, and asks registries about them. */
  readonly images: Pick<ImageAccess, 'pulls' | 'check'>;
  /** The engine that the runner's jobs run on. */
  engine(runner: RunnerConfig): DockerClient;
}
