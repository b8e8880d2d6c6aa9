import { setTimeout as delay } from 'node:timers/promises';
import type { JobRecord } from '../../coordinator-mock/store/job-record.ts';
import type { Disturbance } from './check-job.ts';
import type { OwnEngine } from './own-engine.ts';
import type { RunPlace } from './run-place.ts';
import type { Trouble } from './run-plan.ts';
import type { SmallDisk } from './small-disk.ts';

export interface TroubleContext {
  readonly place: RunPlace;
  /** The queued jobs by their tags. */
  readonly jobs: ReadonlyMap<string, JobRecord>;
  readonly disk: SmallDisk | undefined;
  readonly ownEngine: OwnEngine | undefined;
  /** Notes what was done to a job. */
  readonly note: (tag: string, disturbance: Disturbance) => void;
}

/** Faults that must be there before the first job request: all others wait until the jobs have reached the agent. */
export const isEarly = (trouble: Trouble): boolean => trouble.kind === 'answer' && trouble.endpoint === 'jobs/request';

/** Lets one trouble happen at its time; resolves when it is over. */
export async function makeTrouble(trouble: Trouble, context: TroubleContext, signal: AbortSignal): Promise<void> {
  if (!isEarly(trouble)) await delay(trouble.atMs, undefined, { signal, ref: false });
  const { place, jobs, note } = context;
  switch (trouble.kind) {
    case 'line':
      if (trouble.mode === 'cut') return place.line.cut();
      return place.line.disturb(trouble.mode, trouble.ms);
    case 'answer':
      return spoilAnswers(trouble, context);
    case 'container':
      return endContainer(trouble, context);
    case 'cancel': {
      const job = jobs.get(trouble.job);
      if (job !== undefined) place.coordinator.state.jobs.cancel(job, trouble.force);
      return;
    }
    case 'disk':
      for (const tag of jobs.keys()) note(tag, { diskFull: true });
      return context.disk?.fill(trouble.ms);
    case 'engine':
      if (context.ownEngine?.liveRestore === false) for (const tag of jobs.keys()) note(tag, { engineLost: true });
      return context.ownEngine?.restart(trouble.graceful);
    case 'clock':
      return; // the agent's own clock does it
  }
}

/** A refusal hits the first job alone: it is over then, and the others are not. */
function spoilAnswers(trouble: Trouble & { kind: 'answer' }, { place, jobs, note }: TroubleContext): void {
  const { endpoint, status, count } = trouble;
  const [first] = jobs;
  const job = status === 403 && first !== undefined ? { job: first[1].id } : {};
  if (status === 403 && first !== undefined) note(first[0], { forbidden: true });
  place.coordinator.state.faults.add({
    endpoint,
    status,
    count,
    skip: 0,
    headers: {},
    ctype: 'application/json',
    ...job,
  });
}

async function endContainer(
  { job: tag, how }: Trouble & { kind: 'container' },
  { place: { objects }, jobs, note }: TroubleContext,
): Promise<void> {
  const name = await objects.buildContainer(jobs.get(tag)?.id ?? 0);
  if (name === undefined) return;
  try {
    const printed = await objects.logs(name);
    note(tag, { printed, ...(how === 'remove' ? { endedAt: performance.now() } : {}) });
    await (how === 'kill' ? objects.docker('kill', name) : objects.docker('rm', '--force', name));
  } catch {
    // It has ended meanwhile.
  }
}
