import { stripVTControlCharacters } from 'node:util';

/** Time stamp, stream and kind before each line: `2026-11-21T04:01:21.733920Z 01O text`. */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE][ +]/;
/** End of a piece of a line and the stamp of the next piece, which goes on where that one stopped. */
const SEAM = /\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE]\+/g;
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

/** The whole trace of a job as plain text, lines that came in pieces put together. */
export function plainTrace(bytes: Buffer): string {
  const lines: string[] = [];
  const trace = new ReadableTrace((line) => lines.push(line), { colors: false });
  // Latin-1 keeps every byte as it is: a piece may end within a character.
  trace.push(Buffer.from(bytes.toString('latin1').replaceAll(SEAM, ''), 'latin1'));
  trace.end();
  return lines.join('\n');
}
