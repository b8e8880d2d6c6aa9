import PQueue from 'p-queue';
import { raceAbort } from '../../common/abort.ts';
import { toError } from '../../common/errors/to-error.ts';
import type { DockerClient, LabelledObject, ObjectKind } from '../../docker/docker-client.ts';
import { DockerError } from '../../docker/docker-error.ts';

/** Removals at a time: jobs that start meanwhile want the engine, too. */
const PARALLEL = 4;
/** What a container has to end by itself, in seconds; nobody waits for its result any more. */
const GRACE_SECONDS = 2;
/** For one object: an engine that hangs must not keep the next sweep from coming. */
const PATIENCE_MS = 60_000;

/** What became of leftovers. */
export interface Removal {
  readonly removed: Readonly<Record<ObjectKind, number>>;
  /** Still used by something that is not ours; left for a later sweep. */
  readonly inUse: number;
  readonly errors: readonly Error[];
}

/** Stops and removes containers, then networks, then volumes. "Gone already" is success; one failure does not keep the others. */
export async function removeLeftovers(docker: DockerClient, objects: readonly LabelledObject[]): Promise<Removal> {
  const removed = { container: 0, network: 0, volume: 0 };
  const errors: Error[] = [];
  let inUse = 0;
  const queue = new PQueue({ concurrency: PARALLEL });
  for (const kind of ['container', 'network', 'volume'] as const) {
    for (const object of objects.filter((one) => one.kind === kind)) {
      void queue.add(async () => {
        try {
          await raceAbort(remove(docker, object), AbortSignal.timeout(PATIENCE_MS));
          removed[kind]++;
        } catch (error) {
          if (isInUse(error)) inUse++;
          else errors.push(new Error(`${kind} ${object.name}: ${toError(error).message}`, { cause: error }));
        }
      });
    }
    await queue.onIdle();
  }
  return { removed, inUse, errors };
}

async function remove(docker: DockerClient, { kind, id, running }: LabelledObject): Promise<void> {
  if (kind === 'network') return await docker.removeNetwork(id);
  if (kind === 'volume') return await docker.removeVolume(id);
  if (running) await docker.stopContainer(id, GRACE_SECONDS);
  await docker.removeContainer(id);
}

/** The engine keeps a network that has endpoints (403) and a volume that a container has (409). */
const isInUse = (error: unknown): boolean =>
  error instanceof DockerError && (error.status === 409 || (error.status === 403 && /endpoint/i.test(error.message)));
