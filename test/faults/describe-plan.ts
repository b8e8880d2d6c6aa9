import type { JobPlan, LifeEnd, Moment, RunPlan, Trouble } from './run-plan.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** A plan in words, on one line. */
export function describePlan({ jobs, lives, troubles }: RunPlan): string {
  const parts = [jobs.map(describeJob).join(' + '), ...lives.map(describeLife), ...troubles.map(describeTrouble)];
  return parts.join('; ');
}

function describeJob(job: JobPlan): string {
  const features = [
    job.exitCode === 0 ? '' : `exit ${String(job.exitCode)}`,
    job.after === undefined ? '' : 'after',
    job.service ? 'service' : '',
    job.sources ? 'sources' : '',
    job.timestamps ? '' : 'plain',
    job.padding > 0 ? 'long script' : '',
    ...Object.entries(job.options).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
  ].filter((feature) => feature !== '');
  return features.length === 0 ? job.tag : `${job.tag} (${features.join(', ')})`;
}

function describeLife({ how, moment, pauseMs }: LifeEnd): string {
  return `${how} ${describeMoment(moment)}${pauseMs === 0 ? '' : `, away ${seconds(pauseMs)}`}`;
}

function describeMoment(moment: Moment): string {
  switch (moment.kind) {
    case 'time':
      return `after ${seconds(moment.ms)}`;
    case 'journal':
      return moment.edge === 'torn'
        ? `within entry ${String(moment.entry)}`
        : `${moment.edge} entry ${String(moment.entry)}`;
    case 'engine':
      return `at engine request ${String(moment.request)}`;
    case 'coordinator':
      return `before answer ${String(moment.call)}`;
    case 'script':
      return `with ${String(moment.bytes)} bytes of a script sent`;
  }
}

function describeTrouble(trouble: Trouble): string {
  const at = `at ${seconds(trouble.atMs)}`;
  switch (trouble.kind) {
    case 'line':
      return `coordinator ${trouble.mode} ${at} for ${seconds(trouble.ms)}`;
    case 'answer':
      return `${trouble.endpoint} ${String(trouble.status)} x${String(trouble.count)} ${at}`;
    case 'container':
      return `container of ${trouble.job} ${trouble.how} ${at}`;
    case 'cancel':
      return `${trouble.force ? 'forced ' : ''}cancel of ${trouble.job} ${at}`;
    case 'disk':
      return `disk full ${at} for ${seconds(trouble.ms)}`;
    case 'clock':
      return `clock ${trouble.hours > 0 ? '+' : ''}${String(trouble.hours)} h ${at}`;
    case 'engine':
      return `engine ${trouble.graceful ? 'restarted' : 'killed'} ${at}`;
  }
}
