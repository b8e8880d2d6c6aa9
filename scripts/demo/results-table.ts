import Table from 'cli-table3';
import type { PipelineView } from '../local-ci/coordinator-client.ts';

const HEAD = ['job', 'stage', 'image + services', 'queued', 'started after', 'ran', 'result'];

/** What became of each job and how long it took, in seconds; `queued` counts from the first job's queueing. */
export function resultsTable({ jobs }: PipelineView, images: ReadonlyMap<string, string>): string {
  const begin = Math.min(...jobs.flatMap(({ t }) => t['queued'] ?? []));
  const table = new Table({
    head: HEAD,
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'left'],
  });
  for (const { name, stage, state, exit_code, allow_failure, t } of jobs) {
    const { queued, handed, final } = t;
    const code = exit_code === null || exit_code === 0 ? '' : `, exit code ${String(exit_code)}`;
    const may = state === 'failed' && allow_failure ? ' (allowed)' : '';
    const times = [seconds(queued, begin), seconds(handed, queued), seconds(final, handed)];
    table.push([name, stage, images.get(name) ?? '', ...times, `${state}${code}${may}`]);
  }
  return table.toString();
}

function seconds(time: number | undefined, since: number | undefined): string {
  return time === undefined || since === undefined ? '-' : `${(time - since).toFixed(2)} s`;
}
