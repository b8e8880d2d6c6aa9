import type { DockerClient, LabelledObject } from '../../docker/docker-client.ts';
import { DEADLINE_LABEL } from '../labels.ts';
import { isLeftover, type Owner } from './judge-leftover.ts';

/**
 * What dead agents of this owner left on the engine, containers first. `owner` is asked once the engine has answered: what
 * is known to it by then counts. Rejects as the client does.
 */
export async function listLeftovers(
  docker: DockerClient,
  owner: () => Owner,
  now: () => number = Date.now,
): Promise<LabelledObject[]> {
  const kinds = ['container', 'network', 'volume'] as const;
  const lists = await Promise.all(kinds.map((kind) => docker.listLabelled(kind, DEADLINE_LABEL)));
  const asked = owner();
  return lists.flat().filter((object) => isLeftover(object, asked, now()));
}
