import type { JobRecord } from '../../coordinator-mock/store/job-record.ts';
import { checkLines, type Wanted } from './check-lines.ts';
import type { Problem } from './problem.ts';
import { readTrace, type ReadTrace } from './read-trace.ts';
import type { JobPlan } from './run-plan.ts';

/** What happened to one job from outside. */
export interface Disturbance {
  /** What its container had printed just before it was killed or removed, and when that was. */
  readonly printed?: string;
  readonly endedAt?: number;
  /** The container was removed while no agent was there: nobody has what it printed meanwhile. */
  readonly unread?: boolean;
  /** The coordinator was told to refuse its calls. */
  readonly forbidden?: boolean;
  /** The engine was stopped under it. */
  readonly engineLost?: boolean;
  /** The disk of the state directory was full for a while. */
  readonly diskFull?: boolean;
  /** It was handed out into a connection whose agent died: nobody can know of it. */
  readonly inFlight?: boolean;
}

export interface EndedJob {
  readonly plan: JobPlan;
  readonly record: JobRecord;
  readonly disturbance: Disturbance;
  /** How often each of its scripts began. */
  readonly effects: { readonly script: number; readonly after: number };
}

const CLOSING = /Job (?:succeeded|failed)/;
const PRINTED = /^A?[OE] \d+ .*$/gm;
const KILLED = 137;
/** A shell that is told to end in order, by an engine that stops. */
const TOLD_TO_END = 1;

/** Everything that is wrong with one job. */
export function checkJob(job: EndedJob, secret: string): Problem[] {
  const { plan, record, disturbance } = job;
  if (disturbance.inFlight === true) return [];
  const bytes = record.trace.bytes();
  const trace = readTrace(bytes, plan.timestamps);
  const outcome = outcomeOf(job);
  const problems = [
    ...checkEffects(job, outcome),
    ...checkResult(job, outcome),
    ...checkLines({ plan, secret, wanted: outcome.wanted, afterWhole: !outcome.mayFail }, trace.lines),
    ...checkPrinted(job, trace),
    ...(outcome.complete ? checkComplete(job, trace) : []),
  ];
  if (bytes.includes(secret)) problems.push({ kind: 'secrets shown', text: `${plan.tag}: the trace has the secret` });
  return problems;
}

/** How a job may have ended, given what happened to it. */
interface Outcome {
  readonly wanted: Wanted;
  /** The agent has delivered trace and result. */
  readonly complete: boolean;
  /** It may have failed for what was done to it, not for its own exit code. */
  readonly mayFail: boolean;
}

function outcomeOf({ plan, record, disturbance }: EndedJob): Outcome {
  const own = isOwnResult(plan, record);
  if (record.state === 'canceled' || !record.hasEnded) return { wanted: 'beginning', complete: false, mayFail: true };
  // A trace that was refused stays as it is, even where the result was taken.
  if (disturbance.forbidden === true) return { wanted: 'beginning', complete: false, mayFail: true };
  const mayFail = disturbance.printed !== undefined || disturbance.engineLost === true || disturbance.diskFull === true;
  return { wanted: mayFail && !own ? 'beginning' : 'all', complete: true, mayFail };
}

function isOwnResult(plan: JobPlan, record: JobRecord): boolean {
  if (plan.exitCode === 0) return record.state === 'success';
  return record.failureReason === 'script_failure' && record.exitCode === plan.exitCode;
}

function checkResult(job: EndedJob, { complete, mayFail }: Outcome): Problem[] {
  const { plan, record } = job;
  if (!complete || isOwnResult(plan, record)) return [];
  const codes = job.disturbance.engineLost === true ? [KILLED, TOLD_TO_END] : [KILLED];
  const killed = record.failureReason === 'script_failure' && codes.includes(record.exitCode ?? 0);
  if (mayFail && record.state === 'failed' && (killed || record.failureReason === 'runner_system_failure')) return [];
  const ended = [record.state, record.failureReason, record.exitCode].filter((part) => part !== undefined).join(', ');
  return [
    { kind: 'wrong results', text: `${plan.tag}: ended as ${ended}, its exit code was ${String(plan.exitCode)}` },
  ];
}

function checkEffects({ plan, effects }: EndedJob, { complete, mayFail }: Outcome): Problem[] {
  const problems: Problem[] = [];
  for (const name of ['script', 'after'] as const) {
    const count = effects[name];
    if (count > 1) problems.push({ kind: 'double scripts', text: `${plan.tag}: ${name} ran ${String(count)} times` });
    const wanted = name === 'script' || plan.after !== undefined;
    if (wanted && count === 0 && complete && !mayFail) {
      problems.push({ kind: 'wrong results', text: `${plan.tag}: ${name} never ran` });
    }
  }
  return problems;
}

/** What the engine had of its output must be in the trace, whatever became of the container. */
function checkPrinted({ plan, disturbance }: EndedJob, { lines }: ReadTrace): Problem[] {
  if (disturbance.unread === true) return [];
  const printed = (disturbance.printed ?? '').match(PRINTED) ?? [];
  const numbers = (texts: readonly string[]): Set<string> => new Set(texts.map((text) => text.split(' ', 2).join(' ')));
  const shown = numbers(lines.map(({ text }) => text));
  const lost = [...numbers(printed)].filter((number) => !shown.has(number));
  if (lost.length === 0) return [];
  return [
    { kind: 'lost lines', text: `${plan.tag}: printed before the container's end, not shown: ${lost.join(', ')}` },
  ];
}

function checkComplete({ plan, record }: EndedJob, { lines, problems }: ReadTrace): Problem[] {
  const found: Problem[] = problems.map((text) => ({ kind: 'wrong text', text: `${plan.tag}: ${text}` }));
  if (record.checksumOk !== true) found.push({ kind: 'wrong text', text: `${plan.tag}: the checksum is wrong` });
  const closings = lines.filter(({ text }) => CLOSING.test(text)).length;
  if (closings !== 1) found.push({ kind: 'wrong text', text: `${plan.tag}: ${String(closings)} closing lines` });
  return found;
}
