import { streamStart, type StreamPosition } from '../../common/streams/stream-skip.ts';

/** How far the two streams of a script have come in the trace of their job. */
export interface ScriptPositions {
  readonly stdout: StreamPosition;
  readonly stderr: StreamPosition;
}

/** Who wrote into a plain trace from `at` on; `-`: the agent itself. */
export interface PlainWrite {
  readonly at: number;
  readonly stream: 'O' | 'E' | '-';
}

const lineFeed = 0x0a;
const stampLength = 27;
const headerLength = stampLength + 5;

/** Positions of the job's streams (01) in the time-stamped trace from `at` on, which is whole lines. */
export function stampedPositions(trace: Buffer, at: number): ScriptPositions {
  const streams = { O: new StampedStream(), E: new StampedStream() };
  for (let from = at; from < trace.length;) {
    const found = trace.indexOf(lineFeed, from);
    const end = found === -1 ? trace.length : found;
    const header = trace.toString('latin1', from + stampLength, Math.min(from + headerLength, end));
    const kind = /^ 01([OE])[ +]$/.exec(header)?.[1];
    if (kind === 'O' || kind === 'E') streams[kind].piece(end - from - headerLength, header.endsWith('+'));
    from = end + 1;
  }
  return { stdout: streams.O.position(), stderr: streams.E.position() };
}

/** Pieces of one stream: the newline of a piece that another continues is not the stream's own. */
class StampedStream {
  #lines = 0;
  #bytes = 0;
  /** The last piece had text: its newline may be either. */
  #open = false;

  piece(length: number, continues: boolean): void {
    if (this.#open && !continues) this.#endLine();
    this.#bytes += length;
    this.#open = length > 0;
    if (!this.#open) this.#endLine();
  }

  position(): StreamPosition {
    return { lines: this.#lines, bytes: this.#bytes, perhapsEnded: this.#open };
  }

  #endLine(): void {
    this.#lines += 1;
    this.#bytes = 0;
  }
}

/** Positions of the job's streams in a plain trace from `at` on, where `writes` tells whose the bytes are. */
export function plainPositions(trace: Buffer, at: number, writes: readonly PlainWrite[]): ScriptPositions {
  const positions = { O: streamStart, E: streamStart };
  for (const [index, { at: begin, stream }] of writes.entries()) {
    if (begin < at || stream === '-') continue;
    const end = Math.min(writes[index + 1]?.at ?? trace.length, trace.length);
    positions[stream] = advance(positions[stream], trace.subarray(begin, end));
  }
  return { stdout: positions.O, stderr: positions.E };
}

function advance({ lines, bytes }: StreamPosition, text: Buffer): StreamPosition {
  let ended = 0;
  let last = -1;
  for (let found = text.indexOf(lineFeed); found !== -1; found = text.indexOf(lineFeed, found + 1)) {
    ended += 1;
    last = found;
  }
  const open = text.length - last - 1;
  return { lines: lines + ended, bytes: ended === 0 ? bytes + open : open, perhapsEnded: false };
}
