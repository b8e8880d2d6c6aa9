import { shellQuote } from '../../common/shell-quote.ts';

const ESC = '\\033';
const BEL = '\\007';

/**
 * Wraps a script body so that a shell that reads its stdin runs it and tells on both streams when it began and how it
 * ended. The marks carry a nonce that no output can hold by accident, and the number of the run; `ScriptReader` takes
 * them out again.
 *
 * The body is one argument of `eval` in a subshell without stdin: it cannot eat the rest of what is sent, and errexit
 * covers all of it. A shell has read a subshell whole before it begins with it: whatever of the script arrives, all of it
 * runs or nothing, and only a script that runs says that it began. The outer shell outlives it, so that traps and `exit`
 * of the body stay inside. A TERM makes either shell exit, not die: EXIT traps run.
 */
export class ScriptFrame {
  readonly nonce: string;
  readonly run: number;

  /** `run`: number of the script among those of its container. */
  constructor(nonce: string, run: number) {
    this.nonce = nonce;
    this.run = run;
  }

  /** `last`: the shell ends with the body's exit code; otherwise it waits for the next script. */
  wrap(body: string, last: boolean): string {
    const mark = (text: string): string => `'${ESC}]dw;${this.nonce};${this.run};${text}${BEL}'`;
    return [
      ...(last ? [`trap 'exit 1' TERM`] : []),
      `( trap 'exit 1' TERM; printf ${mark('begin')}; eval ${shellQuote(body)}\n) </dev/null`,
      `dockworker_code=$?`,
      `printf ${mark('%d')} "$dockworker_code" >&2`,
      `printf ${mark('%d')} "$dockworker_code"`,
      ...(last ? [`exit "$dockworker_code"`] : []),
      '',
    ].join('\n');
  }
}

/** Start of every mark of a container; the ESC at its head appears nowhere else in it. */
export const markStart = (nonce: string): Buffer => Buffer.from(`\x1b]dw;${nonce};`);

/** Shell command that tells that the entrypoint has handed over to the script's shell. */
export const shellMark = (nonce: string): string => `printf '${ESC}]dw;${nonce};shell${BEL}'`;
