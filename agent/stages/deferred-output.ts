import type { StageOutput } from './stage.ts';

/** Output of a stage that runs before its turn in the trace: kept until `open`, then passed on as it comes. */
export class DeferredOutput implements StageOutput {
  #kept: [stream: 'stdout' | 'stderr', chunk: Buffer][] = [];
  #target: StageOutput | undefined;

  write(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.#target === undefined) this.#kept.push([stream, Buffer.from(chunk)]);
    else this.#target.write(stream, chunk);
  }

  open(target: StageOutput): void {
    this.#target = target;
    for (const [stream, chunk] of this.#kept) target.write(stream, chunk);
    this.#kept = [];
  }
}
