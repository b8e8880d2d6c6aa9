import { mask } from './mask-phrases.ts';
import { buildAutomaton, skipOrdinary, type PatternAutomaton } from './pattern-automaton.ts';

/** How the tokens begin that GitLab itself issues. */
export const gitlabTokenPrefixes: readonly string[] =
  'glpat- gloas- gldt- glrt- glcbt- glrtr- glptt- glft- glimt- glagent- glsoat- glffct- gltok- _gitlab_session='.split(
    ' ',
  );

const secretParameters =
  'private_token authenticity_token rss_token x-amz-signature x-amz-credential x-amz-security-token'.split(' ');

const questionMark = 0x3f;
const ampersand = 0x26;
const tokenBytes = byteSet((byte) => /[A-Za-z0-9._=-]/.test(String.fromCharCode(byte)));
const valueBytes = byteSet((byte) => byte > 0x20 && byte !== 0x7f && byte !== questionMark && byte !== ampersand);
const noBytes = byteSet(() => false);
const lowerCase = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte));

function byteSet(has: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (has(byte) ? 1 : 0));
}

/** The names of secret URL parameters, where a URL has them; to be fed with lower-case letters. */
const parameters: PatternAutomaton = buildAutomaton(
  secretParameters.flatMap((name) => [Buffer.from(`?${name}=`), Buffer.from(`&${name}=`)]),
);

/** What is looked for in all streams of one trace: `prefixes` as given, the names of secret URL parameters in any case. */
export class TokenPatterns {
  readonly prefixes: PatternAutomaton;
  /** As in PatternAutomaton, for both. */
  readonly starts: Uint8Array;

  constructor(prefixes: Iterable<string>) {
    this.prefixes = buildAutomaton([...new Set(prefixes)].map((prefix) => Buffer.from(prefix)));
    this.starts = Uint8Array.from(this.prefixes.starts);
    for (const first of [questionMark, ampersand])
      for (let second = 0; second < 256; second++)
        this.starts[(first << 8) | second]! |= parameters.starts[(first << 8) | lowerCase[second]!]!;
  }
}

/**
 * Hides what follows a token prefix or `?name=`, `&name=` of a secret URL parameter in one stream; the prefix itself
 * stays. Nothing is ever held back. A `mask` among the parts counts as part of the token or value it stands in.
 */
export class TokenMasker {
  readonly #patterns: TokenPatterns;
  #prefixState = 0;
  #parameterState = 0;
  /** The bytes to be swallowed now: of a token, of a value, or none. */
  #swallowed = noBytes;

  constructor(patterns: TokenPatterns) {
    this.#patterns = patterns;
  }

  write(part: Buffer): Buffer[] {
    if (part === mask) return this.#passMask();
    const out: Buffer[] = [];
    let at = 0;
    while (at < part.length) {
      const from = this.#swallow(part, at);
      if (from === part.length) break;
      at = this.#find(part, from);
      out.push(part.subarray(from, at));
      if (this.#swallowed !== noBytes) out.push(mask);
    }
    return out;
  }

  /** The stream is over; the next one starts afresh. */
  end(): void {
    this.#prefixState = 0;
    this.#parameterState = 0;
    this.#swallowed = noBytes;
  }

  /** Reads on to the first byte that is not to be hidden, and returns its index. */
  #swallow(part: Buffer, from: number): number {
    if (this.#swallowed === noBytes) return from;
    let at = from;
    while (at < part.length && this.#swallowed[part[at]!] === 1) this.#step(part[at++]!);
    if (at < part.length) this.#swallowed = noBytes;
    return at;
  }

  /** Reads on to the end of the next prefix or parameter name, or of the part, and returns the index behind it. */
  #find(part: Buffer, from: number): number {
    const { prefixes, starts } = this.#patterns;
    for (let i = from; i < part.length; i++) {
      if (i > 0 && prefixes.depth[this.#prefixState]! <= 1 && parameters.depth[this.#parameterState]! <= 1) {
        i = skipOrdinary(part, i, starts);
        this.#prefixState = prefixes.rows[part[i - 1]!]!;
        this.#parameterState = parameters.rows[part[i - 1]!]!;
        if (i === part.length) break;
      }
      const found = this.#step(part[i]!);
      if (found === noBytes) continue;
      this.#swallowed = found;
      return i + 1;
    }
    return part.length;
  }

  /** Which bytes are to be hidden after this one: it may complete a prefix or a parameter's name. */
  #step(byte: number): Uint8Array {
    const { prefixes } = this.#patterns;
    const prefix = this.#prefixState;
    const next = prefix < prefixes.rowCount ? prefixes.rows[(prefix << 8) | byte]! : prefixes.step(prefix, byte);
    this.#prefixState = next;
    if (this.#parameterState !== 0 || byte === questionMark || byte === ampersand) {
      this.#parameterState = parameters.step(this.#parameterState, lowerCase[byte]!);
      if (parameters.longest[this.#parameterState] !== 0) return valueBytes;
    }
    return prefixes.longest[next] === 0 ? noBytes : tokenBytes;
  }

  #passMask(): Buffer[] {
    this.#prefixState = 0;
    this.#parameterState = 0;
    return this.#swallowed === noBytes ? [mask] : [];
  }
}
