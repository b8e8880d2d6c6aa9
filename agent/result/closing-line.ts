import type { ClosingLine } from '../trace/job-trace.ts';
import type { JobResult } from './job-result.ts';

/** The last line of the trace. Users and their tools look for its beginning. */
export function closingLine(result: JobResult): ClosingLine {
  if (result.state === 'success') return { level: 'info', text: 'Job succeeded' };
  const kind = result.reason === 'runner_system_failure' ? ' (system failure)' : '';
  return { level: 'error', text: `Job failed${kind}: ${result.sentence}` };
}
