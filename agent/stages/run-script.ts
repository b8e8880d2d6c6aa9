import type { JobFailure } from '../common/errors/job-failure.ts';
import type { ScriptOutcome } from '../container/build-container.ts';
import { scriptFailure } from './stage-failure.ts';
import type { StageContext, StageOutput } from './stage.ts';

/** How a script ended; `stopped`: a signal ended it, the failure then says no more than that. */
export interface ScriptResult {
  readonly failure: JobFailure | undefined;
  readonly stopped: boolean;
}

/**
 * Runs one script of the user in the build container. One that an earlier process of the agent has handed over is followed
 * to its end instead; one whose end was seen is not looked at again.
 */
export async function runScript(
  context: StageContext,
  stage: string,
  body: string,
  signal: AbortSignal,
): Promise<ScriptResult> {
  const { spec, trace, progress } = context;
  const earlier = progress.earlier?.scripts.get(stage);
  if (earlier?.end !== undefined) return { failure: earlier.end.failure, stopped: false };
  const followed = earlier === undefined ? undefined : await followEarlier(context, stage, signal);
  const { run, outcome } = followed ?? (await runAnew(context, stage, body, signal));
  const failure = scriptFailure(outcome, spec, trace);
  if (!outcome.stopped) progress.scriptEnded(run, failure);
  return { failure, stopped: outcome.stopped };
}

interface Run {
  readonly run: number;
  readonly outcome: ScriptOutcome;
}

async function runAnew(context: StageContext, stage: string, body: string, signal: AbortSignal): Promise<Run> {
  const { executor, progress, trace } = context;
  const { run, known } = progress.scriptBegins(stage);
  const script = { body, run, known, onDelivered: () => progress.scriptDelivered(run) };
  const outcome = await withOutput(trace.output(), (output) => executor.runBuild(script, output, signal));
  return { run, outcome };
}

/** Undefined for a script that has not run. */
async function followEarlier(context: StageContext, stage: string, signal: AbortSignal): Promise<Run | undefined> {
  const { executor, progress, trace } = context;
  const earlier = progress.earlier?.scripts.get(stage);
  if (earlier === undefined) return undefined;
  const { run, delivered, rebooted, seen } = earlier;
  const script = { run, delivered, rebooted, first: run === 1 };
  const outcome = await withOutput(trace.output(seen), (output) => executor.followBuild(script, output, signal));
  return outcome === 'not-run' ? undefined : { run, outcome };
}

async function withOutput<T>(
  output: StageOutput & { end(): void },
  run: (output: StageOutput) => Promise<T>,
): Promise<T> {
  try {
    return await run(output);
  } finally {
    output.end();
  }
}
