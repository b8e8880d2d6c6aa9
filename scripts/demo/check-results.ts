import type { JobSummary } from '../local-ci/coordinator-client.ts';
import type { ExpectedJob } from './demo-project.ts';

/** A job of the demo that has ended, with its trace as plain text. */
export interface EndedJob {
  readonly job: JobSummary;
  readonly trace: string;
}

/** What is not as it should be, one sentence each. */
export function checkResults(ended: readonly EndedJob[], expected: ReadonlyMap<string, ExpectedJob>): string[] {
  const missing = [...expected.keys()].filter((name) => !ended.some(({ job }) => job.name === name));
  return [...missing.map((name) => `${name} did not run`), ...ended.flatMap((one) => problemsOf(one, expected))];
}

function problemsOf({ job, trace }: EndedJob, expected: ReadonlyMap<string, ExpectedJob>): string[] {
  const wanted = expected.get(job.name);
  if (wanted === undefined) return [`${job.name} is not expected`];
  const problems: string[] = [];
  if (job.state !== wanted.state) problems.push(`${job.name} ended as ${job.state}, not ${wanted.state}`);
  if (wanted.exit_code !== undefined && job.exit_code !== wanted.exit_code) {
    problems.push(`${job.name} ended with exit code ${String(job.exit_code)}, not ${String(wanted.exit_code)}`);
  }
  for (const text of wanted.trace) {
    if (!trace.includes(text)) problems.push(`the log of ${job.name} lacks "${text}"`);
  }
  return problems;
}
