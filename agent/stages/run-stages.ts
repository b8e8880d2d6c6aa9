import { raceAbort } from '../common/abort.ts';
import { JobFailure } from '../common/errors/job-failure.ts';
import { StopError, type StopReason } from '../common/errors/stop-error.ts';
import { toError } from '../common/errors/to-error.ts';
import type { ScriptOutcome } from '../container/build-container.ts';
import { fetchesSources, needsHelper } from '../executor/needs-helper.ts';
import { DeferredOutput } from './deferred-output.ts';
import { cleanUpScript, getSourcesScript } from './get-sources.ts';
import type { StageContext } from './stage.ts';
import { scriptFailure, stopFailure } from './stage-failure.ts';
import { afterScript, stepScript } from './step-script.ts';

/**
 * Runs all stages of one job in their order; only sources are fetched while the rest is still being prepared.
 * @throws {JobFailure} for a job that failed, {StopError} for one that was stopped before its script, and engine errors
 */
export async function runStages(context: StageContext): Promise<void> {
  const sources = new SourcesStage(context);
  await prepareExecutor(context, sources);
  try {
    prepareScript(context);
    await sources.show();
    await raceAbort(context.admitted, context.signals.job);
    await runScripts(context);
  } finally {
    await cleanUpFileVariables(context);
  }
}

async function prepareExecutor(context: StageContext, sources: SourcesStage): Promise<void> {
  const { spec, executor, trace, signals } = context;
  trace.openSection('prepare_executor', 'Preparing the "docker" executor');
  trace.line(`Using Docker executor with image ${spec.image.reference} ...`);
  const prepared = executor.prepare(signals.job);
  sources.start();
  try {
    await prepared;
  } finally {
    trace.closeSection();
  }
}

function prepareScript({ spec, trace, agentHost }: StageContext): void {
  trace.openSection('prepare_script', 'Preparing environment');
  trace.line(`Running on ${spec.hostname} via ${agentHost}...`);
  trace.closeSection();
}

/** get_sources: begins with the preparation and is shown in its turn. */
class SourcesStage {
  readonly #context: StageContext;
  readonly #output = new DeferredOutput();
  #exitCode: Promise<number> | undefined;

  constructor(context: StageContext) {
    this.#context = context;
  }

  start(): void {
    const { spec, executor, signals, times } = this.#context;
    if (!fetchesSources(spec)) return;
    const attempts = this.#attempts(() => executor.runHelper(getSourcesScript(spec), this.#output, signals.job));
    this.#exitCode = times.track('sources', attempts);
    this.#exitCode.catch(() => {}); // a failed preparation is reported instead
  }

  async show(): Promise<void> {
    const { trace } = this.#context;
    trace.openSection('get_sources', 'Getting source from Git repository');
    const output = trace.output();
    try {
      if (this.#exitCode === undefined) return this.#skipped();
      this.#output.open(output);
      const exitCode = await this.#exitCode;
      if (exitCode !== 0) throw new JobFailure('script_failure', `exit code ${exitCode}`, { exitCode });
    } finally {
      output.end();
      trace.closeSection();
    }
  }

  async #attempts(run: () => Promise<number>): Promise<number> {
    let exitCode = await run();
    for (let left = this.#context.spec.sources.attempts - 1; exitCode !== 0 && left > 0; left -= 1) {
      this.#output.write('stderr', Buffer.from(`Getting the sources failed (exit code ${exitCode}), trying again\n`));
      exitCode = await run();
    }
    return exitCode;
  }

  #skipped(): void {
    const { trace } = this.#context;
    trace.notice('Skipping Git repository setup');
    trace.notice('Skipping Git checkout');
    trace.notice('Skipping Git submodules setup');
  }
}

async function runScripts(context: StageContext): Promise<void> {
  const { spec, signals, times } = context;
  const signal = signals.enterScript();
  let failure = await failureOf(() => times.track('script', runSteps(context, signal)));
  const stopped = signals.leaveScript();
  if (stopped !== undefined) failure = stopFailure(stopped, spec);
  const skipAfter = stopped !== undefined && stopped !== 'cancel' && stopped !== 'script_timeout';
  if (!skipAfter && isScriptResult(failure)) failure = await runAfterScript(context, failure);
  if (failure !== undefined) throw failure;
}

async function runSteps(context: StageContext, signal: AbortSignal): Promise<void> {
  const { spec, trace } = context;
  for (const step of spec.steps) {
    if (step.script.length === 0) continue;
    trace.openSection(`step_${step.name}`, `Executing "step_${step.name}" stage of the job script`);
    try {
      const outcome = await runInBuild(context, stepScript(spec, step.script), signal);
      const failure = scriptFailure(outcome, spec, trace);
      if (failure !== undefined) throw failure;
    } finally {
      trace.closeSection();
    }
  }
}

/** Runs after_script and returns what the job ends with. Its own failure counts only when the job wants it to. */
async function runAfterScript(context: StageContext, failure: unknown): Promise<unknown> {
  const { spec, trace, signals, times } = context;
  if (spec.afterScript.length === 0) return failure;
  trace.openSection('after_script', 'Running after_script');
  const signal = signals.enterAfterScript();
  const script = afterScript(spec, jobStatus(failure));
  const afterFailure = await failureOf(async () => {
    const outcome = await times.track('after_script', runInBuild(context, script, signal));
    if (outcome.stopped) throw signal.reason;
    if (outcome.exitCode !== 0) throw scriptFailure(outcome, spec, trace);
  });
  trace.closeSection();
  if (signals.job.aborted) return failure ?? stopFailure(stopReason(signals.job), spec);
  if (afterFailure === undefined) return failure;
  if (failure === undefined && spec.flags.afterScriptErrorsFail) return afterFailure;
  trace.warning(`after_script failed (${toError(afterFailure).message}); the result of the job stays as it is`);
  return failure;
}

async function runInBuild(context: StageContext, script: string, signal: AbortSignal): Promise<ScriptOutcome> {
  const output = context.trace.output();
  try {
    return await context.executor.runBuild(script, output, signal);
  } finally {
    output.end();
  }
}

/** Sources and preparation may have left files behind in a volume that the next job sees. */
async function cleanUpFileVariables({ spec, executor, trace, signals }: StageContext): Promise<void> {
  if (signals.job.aborted) return;
  trace.openSection('cleanup_file_variables', 'Cleaning up project directory and file based variables');
  if (needsHelper(spec)) {
    await failureOf(() => executor.runHelper(cleanUpScript(spec), { write: () => {} }, signals.job));
  }
  trace.closeSection();
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
const isScriptResult = (failure: unknown): boolean =>
  failure === undefined || failure instanceof StopError || failure instanceof JobFailure;

function jobStatus(failure: unknown): string {
  if (failure === undefined) return 'success';
  if (!(failure instanceof JobFailure)) return 'failed';
  return failure.reason === 'job_canceled'
    ? 'canceled'
    : failure.reason === 'job_execution_timeout'
      ? 'timedout'
      : 'failed';
}
