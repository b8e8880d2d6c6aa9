import type { ImageDetails } from '../../docker/docker-client.ts';
import type { ServiceSpec } from '../../spec/job-spec.ts';

/** A service container that the engine has started. Plain data: it can be written down and watched again later. */
export interface StartedService {
  readonly name: string;
  readonly spec: ServiceSpec;
  readonly id: string;
  /** Address on the job's network; empty when it has none of its own. */
  readonly address: string;
  /** It was over when it was first looked at. */
  readonly ended?: boolean;
  /** What its image says about readiness. */
  readonly image: Pick<ImageDetails, 'env' | 'tcpPorts' | 'healthcheck'>;
}
