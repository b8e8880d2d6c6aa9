import { raceAbort } from '../common/abort.ts';
import { needsHelper } from '../executor/needs-helper.ts';
import { cleanUpScript } from './get-sources.ts';
import { runScripts } from './run-scripts.ts';
import { SourcesStage } from './sources-stage.ts';
import type { StageContext } from './stage.ts';

/**
 * Runs all stages of one job in their order; only sources are fetched while the rest is still being prepared. What an
 * earlier process of the agent has brought to its end is not done again.
 * @throws {JobFailure} for a job that failed, {StopError} for one that was stopped before its script, and engine errors
 */
export async function runStages(context: StageContext): Promise<void> {
  const { executor, signals, progress, admitted } = context;
  if (progress.earlier !== undefined) {
    await executor.adopt(signals.job);
    progress.adopted();
    return await withCleanUp(context, () => runScripts(context));
  }
  const sources = new SourcesStage(context);
  await prepareExecutor(context, sources);
  await withCleanUp(context, async () => {
    prepareScript(context);
    await sources.show();
    await raceAbort(admitted, signals.job);
    await runScripts(context);
  });
}

async function withCleanUp(context: StageContext, run: () => Promise<void>): Promise<void> {
  try {
    await run();
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

/** Sources and preparation may have left files behind in a volume that the next job sees. */
async function cleanUpFileVariables({ spec, executor, trace, signals }: StageContext): Promise<void> {
  if (signals.job.aborted) return;
  trace.openSection('cleanup_file_variables', 'Cleaning up project directory and file based variables');
  if (needsHelper(spec)) {
    // The job is over: what cannot be cleaned does not change its result.
    await executor.runHelper(cleanUpScript(spec), { write: () => {} }, signals.job).catch(() => undefined);
  }
  trace.closeSection();
}
