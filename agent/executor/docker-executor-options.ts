import type { DockerConfig } from '../config/schema/docker.ts';
import type { DockerClient } from '../docker/docker-client.ts';
import type { JobObject } from '../container/job-objects.ts';
import type { ImageAccess } from '../images/image-access.ts';
import type { JobSpec } from '../spec/job-spec.ts';
import type { ExecutorLog } from './executor.ts';
import type { JobTimes } from './job-times.ts';

/** What the Docker executor of one job is made of. */
export interface DockerExecutorOptions {
  readonly client: DockerClient;
  readonly config: DockerConfig;
  readonly spec: JobSpec;
  readonly access: ImageAccess;
  readonly log: ExecutorLog;
  readonly times: JobTimes;
  /** Called before anything is asked of the engine that stays there. */
  readonly onObject?: (object: JobObject) => void;
}
