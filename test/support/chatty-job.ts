import assert from 'node:assert/strict';
import type { QueuedJob, TestCoordinator } from './start-coordinator.ts';

/** A job that says a number on both streams each fifth of a second, for so many numbers, each followed by a line of padding. */
export const chattyJob = (count: number, exitCode: number, padding = ''): object => ({
  image: { name: 'busybox:latest' },
  steps: [
    {
      name: 'script',
      script: [
        `i=0; while [ $i -lt ${count} ]; do i=$((i+1)); echo "O$i"; echo "E$i" >&2; ${padding === '' ? '' : `echo ${padding}; `}sleep 0.2; done`,
        `exit ${exitCode}`,
      ],
    },
  ],
  _variables: [{ key: 'GIT_STRATEGY', value: 'none', public: true }],
});

/** The numbers of one stream in a trace. */
export const numbersOf = (trace: string, mark: string): string[] =>
  [...trace.matchAll(new RegExp(`^(?:\\S+ \\S+ )?${mark}(\\d+)\\r?$`, 'gm'))].map(([, number]) => number ?? '');

/** The job has ended so, and its trace has every number of both streams once and in order. */
export async function checkNumbers(
  coordinator: TestCoordinator,
  job: QueuedJob,
  count: number,
  exitCode: number,
): Promise<void> {
  const view = await coordinator.view(job);
  const wanted = exitCode === 0 ? ['success', true] : ['failed', true];
  assert.deepEqual([view.state, view.checksum_ok], wanted, `job ${job.id}`);
  if (exitCode !== 0) assert.equal(view.exit_code, exitCode);
  const trace = (await coordinator.call('GET', `/mock/jobs/${job.id}/trace`)).text;
  const all = Array.from({ length: count }, (_, i) => String(i + 1));
  assert.deepEqual(numbersOf(trace, 'O'), all);
  assert.deepEqual(numbersOf(trace, 'E'), all);
}
