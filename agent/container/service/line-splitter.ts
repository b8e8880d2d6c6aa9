import { StringDecoder } from 'node:string_decoder';

/** Lines of text that comes in pieces cut anywhere; of a longer line only the first `maxLength` characters. */
export class LineSplitter {
  readonly #maxLength: number;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  push(chunk: Buffer): string[] {
    const [first = '', ...others] = this.#decoder.write(chunk).split('\n');
    const lines = [this.#cut(this.#rest + first), ...others.map((line) => this.#cut(line))];
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  /** The line that has no end, if there is one. */
  end(): string[] {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    return last === '' ? [] : [last];
  }

  #cut(line: string): string {
    return line.slice(0, this.#maxLength);
  }
}
