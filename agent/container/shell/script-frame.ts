import { randomBytes } from 'node:crypto';
import { shellQuote } from '../../common/shell-quote.ts';

/**
 * Wraps a script body so that a shell that reads its stdin runs it and tells on both streams when it began and how it
 * ended. The marks carry a nonce that no output can hold by accident; `OutputScanner` takes them out again.
 *
 * The body is one argument of `eval` in a subshell without stdin: it cannot eat the rest of what is sent, and errexit
 * covers all of it. The outer shell outlives it, so that traps and `exit` of the body stay inside. A TERM makes either
 * shell exit, not die: EXIT traps run.
 */
export class ScriptFrame {
  readonly nonce = randomBytes(16).toString('hex');
  /** Start of every mark; the ESC at its head appears nowhere else in it. */
  readonly mark = Buffer.from(`\x1b]dw;${this.nonce};`);

  /** `last`: the shell ends with the body's exit code; otherwise it waits for the next script. */
  wrap(body: string, last: boolean): string {
    const mark = (text: string): string => `'\\033]dw;${this.nonce};${text}\\007'`;
    return [
      ...(last ? [`trap 'exit 1' TERM`] : []),
      `printf ${mark('begin')}`,
      `( trap 'exit 1' TERM; eval ${shellQuote(body)}\n) </dev/null`,
      `dockworker_code=$?`,
      `printf ${mark('%d')} "$dockworker_code" >&2`,
      `printf ${mark('%d')} "$dockworker_code"`,
      ...(last ? [`exit "$dockworker_code"`] : []),
      '',
    ].join('\n');
  }
}
