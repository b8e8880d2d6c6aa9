import { JobFailure } from '../common/errors/job-failure.ts';
import { StopError, type StopReason } from '../common/errors/stop-error.ts';
import { toError } from '../common/errors/to-error.ts';
import type { StepSpec } from '../spec/job-spec.ts';
import { runScript } from './run-script.ts';
import type { StageContext } from './stage.ts';
import { stopFailure } from './stage-failure.ts';
import { afterScript, stepScript } from './step-script.ts';

/** The user's scripts: all steps until one fails, then after_script. Throws what the job fails with. */
export async function runScripts(context: StageContext): Promise<void> {
  const { signals, progress, spec } = context;
  let failure: unknown;
  if (progress.earlier?.stepsEnd === undefined) failure = await runSteps(context);
  else ({ failure } = progress.earlier.stepsEnd);
  const stopped = signals.leaveScript();
  if (stopped !== undefined) failure = stopFailure(stopped, spec);
  const skipAfter = stopped !== undefined && stopped !== 'cancel' && stopped !== 'script_timeout';
  if (!skipAfter && isScriptResult(failure)) failure = await runAfterScript(context, failure);
  if (failure !== undefined) throw failure;
}

async function runSteps(context: StageContext): Promise<unknown> {
  const { spec, signals, times, progress } = context;
  const steps = spec.steps.filter((step) => step.script.length > 0);
  const [first] = progress.earlier?.scripts.values() ?? [];
  const signal = signals.enterScript(first?.begunMsAgo);
  const run = async (): Promise<void> => {
    for (const step of steps) await runStep(context, step, signal);
  };
  return await failureOf(() => times.track('script', run()));
}

async function runStep(context: StageContext, { name, script }: StepSpec, signal: AbortSignal): Promise<void> {
  const { spec, trace, progress } = context;
  const stage = `step_${name}`;
  const earlier = progress.earlier?.scripts.get(stage);
  if (earlier?.end === undefined) trace.openSection(stage, `Executing "${stage}" stage of the job script`);
  try {
    const { failure } = await runScript(context, stage, stepScript(spec, script), signal);
    if (failure !== undefined) throw failure;
  } finally {
    trace.closeSection();
  }
}

/** Runs after_script and returns what the job ends with. Its own failure counts only when the job wants it to. */
async function runAfterScript(context: StageContext, failure: JobFailure | undefined): Promise<unknown> {
  const { spec, trace, signals, times, progress } = context;
  progress.stepsEnded(failure);
  if (spec.afterScript.length === 0) return failure;
  const earlier = progress.earlier?.scripts.get('after_script');
  if (earlier?.end === undefined) trace.openSection('after_script', 'Running after_script');
  const signal = signals.enterAfterScript(earlier?.begunMsAgo);
  const script = afterScript(spec, jobStatus(failure));
  const afterFailure = await failureOf(async () => {
    const end = await times.track('after_script', runScript(context, 'after_script', script, signal));
    if (end.stopped) throw signal.reason;
    if (end.failure !== undefined) throw end.failure;
  });
  trace.closeSection();
  if (signals.job.aborted) return failure ?? stopFailure(stopReason(signals.job), spec);
  if (afterFailure === undefined) return failure;
  if (failure === undefined && spec.flags.afterScriptErrorsFail) return afterFailure;
  trace.warning(`after_script failed (${toError(afterFailure).message}); the result of the job stays as it is`);
  return failure;
}

const stopReason = ({ reason }: AbortSignal): StopReason => (reason instanceof StopError ? reason.reason : 'abort');

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** after_script belongs to a script that ran to an end, good or bad; a broken engine has none. */
const isScriptResult = (failure: unknown): failure is JobFailure | undefined =>
  failure === undefined || failure instanceof JobFailure;

function jobStatus(failure: JobFailure | undefined): string {
  if (failure === undefined) return 'success';
  return failure.reason === 'job_canceled'
    ? 'canceled'
    : failure.reason === 'job_execution_timeout'
      ? 'timedout'
      : 'failed';
}
