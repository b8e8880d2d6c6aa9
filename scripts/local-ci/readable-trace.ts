import { stripVTControlCharacters } from 'node:util';

/** Time stamp, stream and kind before each line: `2026-11-21T04:01:21.733920Z 01O text`. */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE][ +]/;
const SECTION_MARK = /section_(?:start|end):\d+:[\w.-]+(?:\[[^\]]*\])?\r/g;
const CLEAR_LINE = '\u001b[0K';

/** Turns a job's trace, as it comes in, into lines for people: without time stamps, section marks and bare resets. */
export class ReadableTrace {
  readonly #print: (line: string) => void;
  readonly #colors: boolean;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(print: (line: string) => void, options: { colors: boolean }) {
    this.#print = print;
    this.#colors = options.colors;
  }

  push(bytes: Buffer): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  /** The trace is complete. */
  end(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }

  #line(line: string): void {
    const text = line.replace(STAMP, '').replaceAll(SECTION_MARK, '').replaceAll('\r', '');
    const plain = stripVTControlCharacters(text);
    if (plain.trim() !== '') this.#print(this.#colors ? text.replaceAll(CLEAR_LINE, '') : plain);
  }
}

/** The whole trace of a job as plain text. */
export function plainTrace(bytes: Buffer): string {
  const lines: string[] = [];
  const trace = new ReadableTrace((line) => lines.push(line), { colors: false });
  trace.push(bytes);
  trace.end();
  return lines.join('\n');
}
