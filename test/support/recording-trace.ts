import type { ExecutorLog, ServiceProblem } from '../../agent/executor/executor.ts';
import type { StageOutput, StageTrace } from '../../agent/stages/stage.ts';
import { withoutEcho } from './framed-shell.ts';

/** Keeps what stages and executor say, and tells when something was said. */
export class RecordingTrace implements StageTrace, ExecutorLog {
  readonly sections: string[] = [];
  readonly lines: string[] = [];
  readonly warnings: string[] = [];
  readonly problems: ServiceProblem[] = [];
  /** Everything that scripts printed, by the section it came in. */
  readonly outputs: Record<string, { stdout: string; stderr: string; bytes: number }> = {};
  /** Longest text that is kept of one stream; the bytes are counted beyond it. */
  keep = 1 << 20;
  #open: string | undefined;
  #waiting: { text: string; resolve: () => void }[] = [];

  openSection(name: string): void {
    if (this.#open !== undefined) throw new Error(`section ${name} opens inside ${this.#open}`);
    this.#open = name;
    this.sections.push(name);
  }

  closeSection(): void {
    this.#open = undefined;
  }

  notice(text: string): void {
    this.line(text);
  }

  line(text: string): void {
    this.lines.push(text);
    this.#told();
  }

  warning(text: string): void {
    this.warnings.push(text);
    this.#told();
  }

  serviceProblem(problem: ServiceProblem): void {
    this.problems.push(problem);
    this.line(`problem: ${problem.cause}`);
  }

  /** Kept as the output of a section with the service's name. */
  serviceOutput(name: string): StageOutput & { end(): void } {
    return this.#collect(`service:${name}`);
  }

  output(): StageOutput & { end(): void } {
    return this.#collect(this.#open ?? '');
  }

  #collect(section: string): StageOutput & { end(): void } {
    const texts = (this.outputs[section] ??= { stdout: '', stderr: '', bytes: 0 });
    return {
      write: (stream, chunk) => {
        texts.bytes += chunk.length;
        if (texts[stream].length < this.keep) texts[stream] += chunk.toString();
        this.#told();
      },
      end: () => {},
    };
  }

  /** Lines of a section's output, without the echo of its commands. */
  printed(section = 'step_script', stream: 'stdout' | 'stderr' = 'stdout'): string[] {
    const text = withoutEcho(this.outputs[section]?.[stream] ?? '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** Resolves when a line, a warning or an output of a script holds the text. */
  async says(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ text, resolve });
    this.#told();
    await promise;
  }

  #told(): void {
    if (this.#waiting.length === 0) return;
    const said = [
      ...this.lines,
      ...this.warnings,
      ...Object.values(this.outputs).flatMap(({ stdout, stderr }) => [stdout, stderr]),
    ];
    for (const { text, resolve } of this.#waiting) if (said.some((line) => line.includes(text))) resolve();
  }
}
