import { JobFailure } from '../common/errors/job-failure.ts';
import { outputHint } from '../container/failure/output-hint.ts';
import { OutputTail } from '../container/failure/output-tail.ts';
import { fetchesSources } from '../executor/needs-helper.ts';
import { DeferredOutput } from './deferred-output.ts';
import { getSourcesScript } from './get-sources.ts';
import type { StageContext } from './stage.ts';

/** get_sources: begins with the preparation and is shown in its turn. */
export class SourcesStage {
  readonly #context: StageContext;
  readonly #output = new DeferredOutput();
  readonly #tail = new OutputTail(this.#output);
  #exitCode: Promise<number> | undefined;

  constructor(context: StageContext) {
    this.#context = context;
  }

  start(): void {
    const { spec, executor, signals, times } = this.#context;
    if (!fetchesSources(spec)) return;
    const attempts = this.#attempts(() => executor.runHelper(getSourcesScript(spec), this.#tail, signals.job));
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
      if (exitCode !== 0) throw this.#failure(exitCode);
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
    const { spec, executor, signals } = this.#context;
    if (exitCode === 0 && spec.flags.ownSources) await executor.handOver(signals.job);
    return exitCode;
  }

  #failure(exitCode: number): JobFailure {
    const hint = outputHint(this.#tail.text());
    const sentence = `exit code ${exitCode}: git could not get the sources${hint === undefined ? '' : `; its last lines hint at ${hint}`}`;
    return new JobFailure('script_failure', sentence, { exitCode });
  }

  #skipped(): void {
    const { trace } = this.#context;
    trace.notice('Skipping Git repository setup');
    trace.notice('Skipping Git checkout');
    trace.notice('Skipping Git submodules setup');
  }
}
