import type { ExecutorLog, ServiceProblem } from '../executor/executor.ts';
import type { JobJournal } from '../journal/job-journal.ts';
import type { EarlierScript } from '../stages/stage-progress.ts';
import type { StageOutput, StageTrace } from '../stages/stage.ts';
import type { JobTrace } from '../trace/job-trace.ts';
import { ServiceLines } from './service-lines.ts';

const yellow = (text: string): string => `\x1b[0;33m${text}\x1b[0;m`;

/** Lets stages and the executor write to the trace: one section at a time, the job's output as stream 01. */
export class StageTraceWriter implements StageTrace, ExecutorLog {
  readonly #trace: JobTrace;
  readonly #journal: JobJournal;
  #section: string | undefined;

  /** `section`: the one that an earlier process of the agent has left open. */
  constructor(trace: JobTrace, journal: JobJournal, section: string | undefined) {
    this.#trace = trace;
    this.#journal = journal;
    this.#section = section;
  }

  openSection(name: string, title: string): void {
    if (this.#section === name) return;
    this.closeSection();
    this.#journal.append({ type: 'section', edge: 'start', name, at: this.#trace.size });
    this.#section = name;
    this.#trace.startSection(name, title);
  }

  closeSection(): void {
    if (this.#section === undefined) return;
    this.#journal.append({ type: 'section', edge: 'end', name: this.#section, at: this.#trace.size });
    this.#trace.endSection(this.#section);
    this.#section = undefined;
  }

  notice(text: string): void {
    this.#trace.notice(text);
  }

  line(text: string): void {
    this.#trace.line(text);
  }

  warning(text: string): void {
    this.#trace.warning(text);
  }

  /** A folded part of the trace that tells where the time went. */
  timing(lines: readonly string[]): void {
    // A job that cannot be taken over ends within the section that its earlier process was in.
    this.closeSection();
    this.#journal.append({ type: 'section', edge: 'start', name: 'phase_timing', at: this.#trace.size });
    this.#section = 'phase_timing';
    this.#trace.startSection('phase_timing', 'Where the time went', 'collapsed=true,hide_duration=true');
    for (const line of lines) this.#trace.line(line);
    this.closeSection();
  }

  serviceProblem({ name, cause, log, when }: ServiceProblem): void {
    const output = this.#trace.stream(0, 'E');
    const what = when === 'start' ? "probably didn't start properly" : 'ended while the job ran';
    const check = when === 'start' ? 'Health check error:\n' : '';
    const head = `\n${yellow('*** WARNING:')} Service ${name} ${what}.\n\n`;
    output.write(Buffer.from(`${head}${check}${cause}\n\nService container logs:\n`));
    output.write(log);
    output.write(Buffer.from(`\n${yellow('*********')}\n\n`));
    output.end();
  }

  serviceOutput(name: string): StageOutput & { end(): void } {
    const stdout = new ServiceLines(this.#trace.stream(15, 'O'), name);
    const stderr = new ServiceLines(this.#trace.stream(15, 'E'), name);
    return {
      write: (stream, chunk) => (stream === 'stdout' ? stdout : stderr).write(chunk),
      end: () => {
        stdout.end();
        stderr.end();
      },
    };
  }

  output(seen?: EarlierScript['seen']): StageOutput & { end(): void } {
    const streams = {
      stdout: this.#trace.stream(1, 'O', seen?.stdout),
      stderr: this.#trace.stream(1, 'E', seen?.stderr),
    };
    return {
      write: (stream, chunk) => streams[stream].write(chunk),
      end: () => {
        streams.stdout.end();
        streams.stderr.end();
      },
    };
  }
}
