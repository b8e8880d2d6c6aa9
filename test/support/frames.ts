/** One frame of the engine's multiplexed stream. `stream`: 0 stdin, 1 stdout, 2 stderr. */
export function frame(stream: number, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}
