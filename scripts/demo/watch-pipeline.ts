import { styleText } from 'node:util';
import type { CoordinatorClient, PipelineView } from '../local-ci/coordinator-client.ts';
import { type LiveJob, openLiveFeed } from '../local-ci/live-feed.ts';
import { ReadableTrace } from '../local-ci/readable-trace.ts';

const ENDED = ['success', 'failed', 'canceled', 'skipped'];
const COLORS = ['cyan', 'magenta', 'yellow', 'blue', 'green'] as const;
const MARKS: Readonly<Record<string, string>> = { running: '>', success: '+', failed: 'x', canceled: 'x' };

/** Prints the pipeline's log as it is written, each line with its job's name, and a line whenever a job begins or ends. */
export async function watchPipeline(client: CoordinatorClient, { jobs }: PipelineView): Promise<void> {
  const width = Math.max(...jobs.map(({ name }) => name.length));
  const logs = new Map(jobs.map(({ id, name }, index) => [id, jobLog(name.padEnd(width), index)]));
  const waiting = new Set(logs.keys());
  const { promise: over, resolve } = Promise.withResolvers<void>();
  using _ = await openLiveFeed(client.url, {
    trace: (id, bytes) => logs.get(id)?.trace.push(bytes),
    job: (job) => {
      const log = logs.get(job.id);
      if (log === undefined || !waiting.has(job.id)) return;
      const ended = ENDED.includes(job.state);
      if (ended) log.trace.end();
      log.progress(job);
      if (ended && waiting.delete(job.id) && waiting.size === 0) resolve();
    },
  });
  await over;
}

interface JobLog {
  readonly trace: ReadableTrace;
  readonly progress: (job: LiveJob) => void;
}

function jobLog(name: string, index: number): JobLog {
  const color = COLORS[index % COLORS.length] ?? 'cyan';
  const print = (separator: string, line: string): void =>
    console.log(`${styleText(color, `${name} ${separator}`)} ${line}`);
  const colors = styleText('red', '') !== '';
  return {
    trace: new ReadableTrace((line) => print('|', line), { colors }),
    progress: (job) => {
      const mark = MARKS[job.state];
      if (mark !== undefined) print(mark, styleText('bold', describeJob(job)));
    },
  };
}

/** E.g. `failed after 0.41 s with exit code 3, as it may`. */
export function describeJob({ state, exit_code, failure_reason, allow_failure, t }: LiveJob): string {
  const { queued = 0, handed = 0, final = 0 } = t;
  if (state === 'running') return `runs, ${(handed - queued).toFixed(2)} s after it was queued`;
  const code = exit_code === null || exit_code === 0 ? '' : ` with exit code ${String(exit_code)}`;
  const why = code === '' && failure_reason !== null ? ` (${failure_reason})` : '';
  const may = state === 'failed' && allow_failure ? ', as it may' : '';
  return `${state} after ${(final - handed).toFixed(2)} s${code}${why}${may}`;
}
