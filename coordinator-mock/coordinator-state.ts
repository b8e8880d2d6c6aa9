import { join } from 'node:path';
import { MonotonicClock } from './clock.ts';
import { FaultList } from './faults.ts';
import type { CoordinatorOptions } from './options.ts';
import { ArtifactStore } from './store/artifacts.ts';
import { JobStore } from './store/jobs.ts';
import { PipelineStore } from './store/pipelines.ts';
import { ProjectStore } from './projects/projects.ts';
import { RunnerStore } from './store/runners.ts';

/** Everything that one coordinator knows; lives in memory, but for files in the data folder. */
export class CoordinatorState {
  readonly options: CoordinatorOptions;
  readonly clock = new MonotonicClock();
  readonly faults = new FaultList();
  readonly runners = new RunnerStore();
  readonly jobs: JobStore;
  readonly artifacts: ArtifactStore;
  readonly projects: ProjectStore;
  readonly pipelines: PipelineStore;
  /** How many listeners the live feed has for a job; `undefined` stands for all jobs. */
  readonly watchers = new Map<number | undefined, number>();

  constructor(options: CoordinatorOptions) {
    this.options = options;
    this.jobs = new JobStore(this.clock);
    this.artifacts = new ArtifactStore(options.dataDir, options.artifactLimitBytes);
    this.projects = new ProjectStore(join(options.dataDir, 'repositories'));
    this.pipelines = new PipelineStore(this.jobs, options.advertiseUrl);
    this.jobs.events.on('change', (job) => {
      if (job.state === 'pending') this.runners.tick(job);
    });
  }

  isWatched(jobId: number): boolean {
    return (this.watchers.get(jobId) ?? 0) + (this.watchers.get(undefined) ?? 0) > 0;
  }
}
