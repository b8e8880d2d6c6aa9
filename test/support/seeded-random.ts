/** Numbers in [0, 1) that are the same in each run: a test that fails once fails again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Cuts bytes into pieces of 0 to `longest` bytes. */
export function cutRandomly(bytes: Buffer, random: () => number, longest: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Math.floor(random() * (longest + 1));
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
