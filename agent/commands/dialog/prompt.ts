import { createInterface, type Interface } from 'node:readline/promises';
import { UsageError } from '../../common/errors/usage-error.ts';

/** Questions on the terminal, answered line by line; piped input works too. */
export class Prompt implements Disposable {
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;

  /** Ctrl-C at a question aborts `interrupt`, and an abort from anywhere ends the input. */
  constructor(interrupt: AbortController) {
    const reader = createInterface({ input: process.stdin, output: process.stdout, terminal: process.stdin.isTTY });
    reader.on('SIGINT', () => interrupt.abort());
    interrupt.signal.addEventListener('abort', () => reader.close(), { once: true });
    this.#reader = reader;
    this.#lines = reader[Symbol.asyncIterator]();
  }

  /** The answer, or the default for an empty one. Throws UsageError when the input is over. */
  async ask(question: string, fallback = ''): Promise<string> {
    this.#reader.setPrompt(fallback === '' ? `${question}:\n` : `${question} [${fallback}]:\n`);
    this.#reader.prompt();
    const line = await this.#lines.next();
    if (line.done) throw new UsageError(`no answer to "${question}"; use --non-interactive where nobody can answer`);
    return line.value.trim() || fallback;
  }

  /** Asks until there is an answer. */
  async need(question: string, fallback = ''): Promise<string> {
    for (;;) {
      const answer = await this.ask(question, fallback);
      if (answer !== '') return answer;
    }
  }

  [Symbol.dispose](): void {
    this.#reader.close();
  }
}
