import type { LabelledObject } from '../../docker/docker-client.ts';
import {
  DEADLINE_LABEL,
  INSTANCE_LABEL,
  JOB_ID_LABEL,
  OWN_JOB_ID_LABEL,
  REUSABLE_LABEL,
  SYSTEM_ID_LABEL,
} from '../labels.ts';

/** What an agent that is gone for good left is removed so long after the time of its job. */
const OVERDUE_MS = 3_600_000;

/** Whose leftovers are removed. */
export interface Owner {
  readonly systemId: string;
  /** The agent's own id; undefined when it has none yet. */
  readonly instance: string | undefined;
  /** Ids of `run-single` processes of ours that died. */
  readonly abandoned: ReadonlySet<string>;
  /** Whether a job of `instance` has not ended, or its objects are being removed. */
  isLive(jobId: string): boolean;
}

/**
 * Whether an object on the engine is what a dead agent of ours left behind. Without a label of our own it never is, whatever
 * else it carries: GitLab Runner may use the same system id. `now`: milliseconds since 1970.
 */
export function isLeftover(object: LabelledObject, owner: Owner, now: number): boolean {
  const { labels } = object;
  if (labels[REUSABLE_LABEL] === 'true' || !isOurMaking(object)) return false;
  const instance = labels[INSTANCE_LABEL];
  if (instance !== undefined && owner.abandoned.has(instance)) return true;
  // A job is live before it has objects: one that is not live when they were seen will never want them again.
  if (instance !== undefined && instance === owner.instance) return !owner.isLive(labels[JOB_ID_LABEL] ?? '');
  return labels[SYSTEM_ID_LABEL] === owner.systemId && isOverdue(labels[DEADLINE_LABEL], now);
}

/**
 * Labels are inherited: an image that was committed from a job's container passes them on to whatever is made of it, by
 * hand or by another agent, which then sets its own job. Only containers have images.
 */
function isOurMaking({ kind, name, labels }: LabelledObject): boolean {
  if (kind !== 'container') return labels[INSTANCE_LABEL] !== undefined || labels[DEADLINE_LABEL] !== undefined;
  const job = labels[OWN_JOB_ID_LABEL];
  return name.startsWith('runner-') && job !== undefined && job === labels[JOB_ID_LABEL];
}

/** `deadline`: unix seconds. */
function isOverdue(deadline: string | undefined, now: number): boolean {
  const seconds = Number(deadline || Number.NaN);
  return Number.isFinite(seconds) && now > seconds * 1000 + OVERDUE_MS;
}
