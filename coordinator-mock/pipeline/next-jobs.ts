import type { Pipeline, PipelineJob } from './pipeline.ts';
import { combineStates, type CombinedState, type JobStatus, type JobStatuses } from './pipeline-state.ts';

/** Jobs, by name, that leave the state `created` now. */
export interface NextJobs {
  /** To be handed out. */
  readonly pending: readonly string[];
  readonly skipped: readonly string[];
  /** To wait for a person. */
  readonly manual: readonly string[];
}

/** Which states of the jobs before it let a job start, by its `when`. */
const startsAfter = {
  on_success: { stages: ['success', 'skipped'], needs: ['success'] },
  manual: { stages: ['success', 'skipped'], needs: ['success'] },
  on_failure: { stages: ['failed'], needs: ['failed'] },
  always: { stages: ['success', 'failed', 'skipped'], needs: ['success', 'failed', 'skipped'] },
} as const;

const over: readonly CombinedState[] = ['success', 'failed', 'canceled', 'skipped'];

/**
 * Decides every job that is still `created` and whose predecessors are over: those of earlier stages, or its `needs`.
 * Pure; what one decision means for later jobs (skipped ones, say) is carried on within the same call.
 */
export function nextJobs(pipeline: Pipeline, statuses: JobStatuses): NextJobs {
  const now = new Map<string, JobStatus>(statuses);
  const next = { pending: [] as string[], skipped: [] as string[], manual: [] as string[] };
  let changed = true;
  while (changed) {
    changed = false;
    for (const job of pipeline.jobs) {
      if ((now.get(job.name)?.state ?? 'created') !== 'created') continue;
      const state = decide(pipeline, job, now);
      if (state === undefined) continue;
      now.set(job.name, { state });
      next[state].push(job.name);
      changed = true;
    }
  }
  return next;
}

function decide(pipeline: Pipeline, job: PipelineJob, statuses: JobStatuses): keyof NextJobs | undefined {
  const by = job.needs === undefined ? 'stages' : 'needs';
  const before = combineStates(predecessors(pipeline, job), statuses, by) ?? 'success';
  if (!over.includes(before)) return undefined;
  const wanted: readonly CombinedState[] = startsAfter[job.when][by];
  if (!wanted.includes(before)) return 'skipped';
  return job.when === 'manual' ? 'manual' : 'pending';
}

function predecessors(pipeline: Pipeline, job: PipelineJob): PipelineJob[] {
  if (job.needs !== undefined) {
    const names = new Set(job.needs.map((need) => need.job));
    return pipeline.jobs.filter((other) => names.has(other.name));
  }
  const index = pipeline.stages.indexOf(job.stage);
  return pipeline.jobs.filter((other) => pipeline.stages.indexOf(other.stage) < index);
}
