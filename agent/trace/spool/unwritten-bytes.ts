/** Bytes that the disk would not take, in order, until it does. */
export class UnwrittenBytes {
  #pieces: Buffer[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Keeps a copy. */
  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(Buffer.from(bytes));
    this.#size += bytes.length;
  }

  /** Hands each piece to `write`, which tells how many of its bytes were taken, and forgets those. Ends at the first piece that was not taken whole. */
  drain(write: (piece: Buffer) => number): void {
    while (this.#pieces.length > 0) {
      const piece = this.#pieces[0]!;
      const taken = write(piece);
      this.#size -= taken;
      if (taken < piece.length) {
        this.#pieces[0] = piece.subarray(taken);
        return;
      }
      this.#pieces.shift();
    }
  }

  /** Copies bytes from `offset` on into `target`. Returns how many there were. */
  copy(target: Buffer, offset: number): number {
    let skip = offset;
    let filled = 0;
    for (const piece of this.#pieces) {
      if (filled === target.length) break;
      if (skip < piece.length) filled += piece.copy(target, filled, skip);
      skip = Math.max(0, skip - piece.length);
    }
    return filled;
  }
}
