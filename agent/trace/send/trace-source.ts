/** A trace as it is sent: bytes that are only ever added to. */
export interface TraceSource {
  /** Bytes in the trace. */
  readonly size: number;
  /** CRC-32 (IEEE) of these bytes. */
  readonly checksum: number;
  /** Bytes, from the first on, that may be sent now. */
  readonly sendable: number;
  /** Up to `max` bytes from `offset` on; empty at the end. Throws when they cannot be read. */
  read(offset: number, max: number): Buffer;
}
