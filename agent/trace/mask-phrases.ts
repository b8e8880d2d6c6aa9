import { buildAutomaton, skipOrdinary, type PatternAutomaton } from './pattern-automaton.ts';

/** What stands in the place of a secret. Streams pass this very object on, so that it is told apart from printed text. */
export const mask: Buffer = Buffer.from('[MASKED]');

const nothing: Buffer = Buffer.alloc(0);

/** The phrases to hide, growing while a job runs. Shared by the streams of one trace. */
export class PhraseSet {
  readonly #phrases = new Set<string>();
  #automaton: PatternAutomaton | undefined;

  add(phrases: Iterable<string>): void {
    const before = this.#phrases.size;
    for (const phrase of phrases) if (phrase !== '') this.#phrases.add(phrase);
    if (this.#phrases.size > before) this.#automaton = undefined;
  }

  get automaton(): PatternAutomaton {
    this.#automaton ??= buildAutomaton([...this.#phrases].map((phrase) => Buffer.from(phrase)));
    return this.#automaton;
  }
}

/**
 * Replaces every phrase in one stream by `mask`; occurrences that overlap become one. The output depends on the bytes
 * alone, never on how they were cut into writes. Time is linear for any input.
 *
 * Only bytes that may still become a phrase are held back. Positions count the bytes of the stream from 0.
 */
export class PhraseMasker {
  readonly #set: PhraseSet;
  #automaton: PatternAutomaton;
  #state = 0;
  /** The bytes that the state stands for: they end at position `#end`, which is how much was read. */
  #held: Buffer = nothing;
  #end = 0;
  /** The first position that is neither written out nor masked. */
  #cursor = 0;
  /** The last position covered by the latest mask that was written out. */
  #maskedTo = -1;
  /** Occurrences within the held bytes, without overlaps, ascending: first and last position. */
  #firsts: number[] = [];
  #lasts: number[] = [];

  constructor(set: PhraseSet) {
    this.#set = set;
    this.#automaton = set.automaton;
  }

  /** The parts of the output that this chunk made certain, in order. They may share the memory of `chunk`. */
  write(chunk: Uint8Array): Buffer[] {
    if (this.#automaton !== this.#set.automaton) this.#readAgain();
    this.#scan(chunk, this.#end);
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const text = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#end += chunk.length;
    return this.#emit(text, this.#end - this.#automaton.depth[this.#state]!);
  }

  /** What was held back: no more bytes come, so none of it becomes a phrase. Ready for another stream afterwards. */
  end(): Buffer[] {
    this.#state = 0;
    return this.#emit(this.#held, this.#end);
  }

  /** Phrases were added: what is held back has to be read with them. */
  #readAgain(): void {
    this.#automaton = this.#set.automaton;
    this.#state = 0;
    this.#firsts = [];
    this.#lasts = [];
    this.#scan(this.#held, this.#end - this.#held.length);
  }

  #scan(chunk: Uint8Array, start: number): void {
    const automaton = this.#automaton;
    const { rowCount, rows, depth, longest, starts } = automaton;
    let state = this.#state;
    for (let i = 0; i < chunk.length; i++) {
      if (i > 0 && depth[state]! <= 1) {
        i = skipOrdinary(chunk, i, starts);
        state = rows[chunk[i - 1]!]!;
        if (i === chunk.length) break;
      }
      const byte = chunk[i]!;
      state = state < rowCount ? rows[(state << 8) | byte]! : automaton.step(state, byte);
      const length = longest[state]!;
      if (length !== 0) this.#found(start + i - length + 1, start + i);
    }
    this.#state = state;
  }

  #found(first: number, last: number): void {
    let from = first;
    while (this.#lasts.length > 0 && this.#lasts.at(-1)! >= from) {
      from = Math.min(from, this.#firsts.pop()!);
      this.#lasts.pop();
    }
    this.#firsts.push(from);
    this.#lasts.push(last);
  }

  /** Writes out all before position `safe`; `text` is what stands before `#end`, the held bytes first. */
  #emit(text: Buffer, safe: number): Buffer[] {
    const out: Buffer[] = [];
    const origin = this.#end - text.length;
    const copyTo = (position: number): void => {
      if (position > this.#cursor) out.push(text.subarray(this.#cursor - origin, position - origin));
      this.#cursor = Math.max(this.#cursor, position);
    };
    let done = 0;
    for (; done < this.#firsts.length && this.#firsts[done]! < safe; done++) {
      copyTo(this.#firsts[done]!);
      if (this.#firsts[done]! > this.#maskedTo) out.push(mask);
      this.#maskedTo = Math.max(this.#maskedTo, this.#lasts[done]!);
      this.#cursor = Math.max(this.#cursor, this.#maskedTo + 1);
    }
    this.#firsts.splice(0, done);
    this.#lasts.splice(0, done);
    copyTo(safe);
    this.#held = safe >= this.#end ? nothing : Buffer.from(text.subarray(safe - origin));
    return out;
  }
}
