import type { DockerConfig } from '../../config/schema/docker.ts';
import { refusedValue } from '../options/refused-value.ts';
import { parseSubnet, type Subnet } from './subnet.ts';

/** network_pool that leaves the choice to the engine. */
const ENGINE_POOLS = 'engine';

/**
 * The range that networks of jobs are cut out of; undefined: the engine's own pools.
 * @throws {JobFailure} for a value that is no range
 */
export function networkPool({ network_pool: configured }: DockerConfig): Subnet | undefined {
  if (configured === ENGINE_POOLS) return undefined;
  const pool = parseSubnet(configured);
  if (pool !== undefined) return pool;
  const expected = `a range such as 172.30.0.0/16, or "${ENGINE_POOLS}"`;
  throw refusedValue('network_pool', configured, expected, 'runner_configuration_error');
}
