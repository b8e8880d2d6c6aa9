import type { OutputSink } from '../../docker/frame-decoder.ts';
import type { ScriptEnd } from '../shell/script-reader.ts';

/** One run of the build container that is being read, over whatever connection. */
export interface RunReading {
  /** The entrypoint has handed over to the script's shell. */
  readonly begun: boolean;
  /** Passes the output on until the run is over, or `close` was called. */
  read(sink: OutputSink, signal: AbortSignal): Promise<ScriptEnd>;
  close(): void;
}

/** Which run of which container. */
export interface RunIdentity {
  readonly id: string;
  /** In the marks of the container's scripts. */
  readonly nonce: string;
  /** Number of the script among those of the job. */
  readonly run: number;
  /** The first run of its container: all that the engine's log has. */
  readonly first: boolean;
  /** Whether the container was started for this run; otherwise the log may end with the run before. */
  readonly started: boolean;
}
