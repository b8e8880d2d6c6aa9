const root = 0;
const none = -1;
/** Automata with no more states than this get a row for each: 1 KiB per state. */
const smallAutomaton = 512;

/**
 * Finds every occurrence of many byte patterns in one pass (Aho-Corasick). A state stands for the longest tail of the
 * text that begins some pattern. States where patterns part have a whole row of 256 successors; all others, the long
 * tails, know one successor, so that a pattern of 100 kB costs about 1.5 MB.
 *
 * To step: `state < rowCount ? rows[(state << 8) | byte] : step(state, byte)`, from state 0. Immutable once built.
 */
export interface PatternAutomaton {
  readonly rowCount: number;
  readonly rows: Int32Array;
  /** Per state: how many bytes of the text may still become a pattern. */
  readonly depth: Int32Array;
  /** Per state: length of the longest pattern that ends here, 0 for none. */
  readonly longest: Int32Array;
  /** Per pair of bytes (first << 8 | second): 1 if text with this pair may be more than one byte into a pattern, or at the end of one. */
  readonly starts: Uint8Array;
  step(state: number, byte: number): number;
}

/** A trie of the patterns in order of insertion: children are linked lists. */
interface Trie {
  count: number;
  readonly byte: Uint8Array;
  readonly child: Int32Array;
  readonly sibling: Int32Array;
  readonly depth: Int32Array;
  readonly ends: Uint8Array;
}

function findChild(trie: Trie, node: number, byte: number): number {
  let child = trie.child[node]!;
  while (child !== none && trie.byte[child] !== byte) child = trie.sibling[child]!;
  return child;
}

function insert(trie: Trie, pattern: Uint8Array): void {
  let node = root;
  for (const byte of pattern) {
    let next = findChild(trie, node, byte);
    if (next === none) {
      next = trie.count++;
      trie.byte[next] = byte;
      trie.sibling[next] = trie.child[node]!;
      trie.child[node] = next;
      trie.depth[next] = trie.depth[node]! + 1;
    }
    node = next;
  }
  trie.ends[node] = 1;
}

function buildTrie(patterns: readonly Uint8Array[]): Trie {
  const size = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
  const trie: Trie = {
    count: 1,
    byte: new Uint8Array(size),
    child: new Int32Array(size).fill(none),
    sibling: new Int32Array(size).fill(none),
    depth: new Int32Array(size),
    ends: new Uint8Array(size),
  };
  for (const pattern of patterns) if (pattern.length > 0) insert(trie, pattern);
  return trie;
}

/** Nodes by growing depth, and for each the node of the longest proper tail that is in the trie too. */
function linkTails(trie: Trie): { order: Int32Array; tail: Int32Array } {
  const order = new Int32Array(trie.count);
  const tail = new Int32Array(trie.count);
  for (let head = 0, end = 1; head < end; head++) {
    const node = order[head]!;
    for (let child = trie.child[node]!; child !== none; child = trie.sibling[child]!) {
      order[end++] = child;
      if (node === root) continue;
      let at = tail[node]!;
      let found = findChild(trie, at, trie.byte[child]!);
      while (found === none && at !== root) {
        at = tail[at]!;
        found = findChild(trie, at, trie.byte[child]!);
      }
      tail[child] = found === none ? root : found;
    }
  }
  return { order, tail };
}

function needsRow(trie: Trie, node: number): boolean {
  const child = trie.child[node]!;
  if (trie.count <= smallAutomaton || trie.depth[node]! <= 1) return true;
  return child !== none && trie.sibling[child] !== none;
}

/** New numbers for the nodes: those with a row first, each group by growing depth. */
function numberStates(trie: Trie, order: Int32Array): { state: Int32Array; rowCount: number } {
  const state = new Int32Array(trie.count);
  let next = 0;
  for (const node of order) if (needsRow(trie, node)) state[node] = next++;
  const rowCount = next;
  for (const node of order) if (!needsRow(trie, node)) state[node] = next++;
  return { state, rowCount };
}

class TrieAutomaton implements PatternAutomaton {
  readonly rowCount: number;
  readonly rows: Int32Array;
  readonly depth: Int32Array;
  readonly longest: Int32Array;
  readonly starts = new Uint8Array(1 << 16);
  readonly #tail: Int32Array;
  /** For states without a row: the one byte that leads on (none: a leaf), and where to. */
  readonly #onlyByte: Int16Array;
  readonly #onlyNext: Int32Array;

  constructor(trie: Trie) {
    const { order, tail } = linkTails(trie);
    const { state, rowCount } = numberStates(trie, order);
    this.rowCount = rowCount;
    this.rows = new Int32Array(rowCount << 8);
    this.depth = new Int32Array(trie.count);
    this.longest = new Int32Array(trie.count);
    this.#tail = new Int32Array(trie.count);
    this.#onlyByte = new Int16Array(trie.count).fill(none);
    this.#onlyNext = new Int32Array(trie.count);
    for (const node of order) {
      const at = state[node]!;
      this.depth[at] = trie.depth[node]!;
      this.#tail[at] = state[tail[node]!]!;
      this.longest[at] = trie.ends[node] === 1 ? trie.depth[node]! : this.longest[this.#tail[at]]!;
      this.#connect(trie, node, state);
    }
    this.#markStarts();
  }

  #markStarts(): void {
    for (let first = 0; first < 256; first++) {
      const row = this.rows[first]! << 8;
      for (let second = 0; second < 256; second++) {
        const state = this.rows[row | second]!;
        if (state !== root && (this.depth[state]! > 1 || this.longest[state]! > 0))
          this.starts[(first << 8) | second] = 1;
      }
    }
  }

  #connect(trie: Trie, node: number, state: Int32Array): void {
    const at = state[node]!;
    const row = at << 8;
    if (at < this.rowCount && at !== root)
      for (let byte = 0; byte < 256; byte++) this.rows[row | byte] = this.#next(this.#tail[at]!, byte);
    for (let child = trie.child[node]!; child !== none; child = trie.sibling[child]!) {
      if (at < this.rowCount) this.rows[row | trie.byte[child]!] = state[child]!;
      else {
        this.#onlyByte[at] = trie.byte[child]!;
        this.#onlyNext[at] = state[child]!;
      }
    }
  }

  #next(state: number, byte: number): number {
    return state < this.rowCount ? this.rows[(state << 8) | byte]! : this.step(state, byte);
  }

  step(state: number, byte: number): number {
    let at = state;
    while (at >= this.rowCount) {
      if (this.#onlyByte[at] === byte) return this.#onlyNext[at]!;
      at = this.#tail[at]!;
    }
    return this.rows[(at << 8) | byte]!;
  }
}

/** Builds the automaton of these patterns; empty ones are left out. */
export function buildAutomaton(patterns: readonly Uint8Array[]): PatternAutomaton {
  return new TrieAutomaton(buildTrie(patterns));
}

/**
 * The index, `from` or later, of the next byte that is marked in `starts` together with the one before it; the length
 * if there is none. To be used in a state of depth 0 or 1 only, `from` above 0: `rows[bytes[index - 1]]` is the state
 * before that byte. This is what makes ordinary text cheap: no step depends on the one before.
 */
export function skipOrdinary(bytes: Uint8Array, from: number, starts: Uint8Array): number {
  let index = from;
  let before = bytes[from - 1]!;
  // Four at a time: faster, and too long to be inlined into callers that the compiler leaves half optimised (5x slower).
  for (const last = bytes.length - 4; index <= last; index += 4) {
    const a = bytes[index]!;
    const b = bytes[index + 1]!;
    const c = bytes[index + 2]!;
    const d = bytes[index + 3]!;
    const marks = starts[(before << 8) | a]! | starts[(a << 8) | b]! | starts[(b << 8) | c]! | starts[(c << 8) | d]!;
    if (marks !== 0) break;
    before = d;
  }
  for (; index < bytes.length; index++) {
    const byte = bytes[index]!;
    if (starts[(before << 8) | byte] === 1) break;
    before = byte;
  }
  return index;
}
