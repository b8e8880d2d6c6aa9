import { raceAbort } from '../../common/abort.ts';
import type { DockerClient, LabelledObject } from '../../docker/docker-client.ts';
import { DEADLINE_LABEL } from '../labels.ts';
import { isLeftover, type Owner } from './judge-leftover.ts';

/** An engine that is busy lists within seconds. */
const PATIENCE_MS = 60_000;

/**
 * What dead agents of this owner left on the engine, containers first. `owner` is asked once the engine has answered: what
 * is known to it by then counts. Rejects as the client does, and when the engine takes longer than a minute.
 */
export async function listLeftovers(
  docker: DockerClient,
  owner: () => Owner,
  now: () => number = Date.now,
): Promise<LabelledObject[]> {
  const kinds = ['container', 'network', 'volume'] as const;
  const asking = Promise.all(kinds.map((kind) => docker.listLabelled(kind, DEADLINE_LABEL)));
  const lists = await raceAbort(asking, AbortSignal.timeout(PATIENCE_MS));
  const asked = owner();
  return lists.flat().filter((object) => isLeftover(object, asked, now()));
}
