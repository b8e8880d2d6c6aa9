import { onAbort } from '../../common/abort.ts';
import { StreamSkip, type StreamPosition } from '../../common/streams/stream-skip.ts';
import type { DockerClient } from '../../docker/docker-client.ts';
import type { OutputSink } from '../../docker/frame-decoder.ts';
import { ScriptReader, type ScriptEnd } from '../shell/script-reader.ts';
import { CountedOutput, type SeenOutput } from './counted-output.ts';
import { inspectPatiently } from './inspect-patiently.ts';
import type { RunIdentity, RunReading } from './run-reading.ts';

/** There is more time than this between the end of one run of a container and the start of the next. */
const RUN_GAP_MS = 20;

/** Reads a run from the engine's log, for whoever does not hold the connection on which it was started. Goes on after a restart of the engine. */
export class FollowedRun implements RunReading {
  readonly #docker: DockerClient;
  readonly #run: RunIdentity;
  readonly #closed = new AbortController();
  #reader: ScriptReader | undefined;
  #seen: SeenOutput | undefined;

  /** `seen`: what was passed on before and is not to be passed on again. */
  constructor(docker: DockerClient, run: RunIdentity, seen?: SeenOutput) {
    this.#docker = docker;
    this.#run = run;
    this.#seen = seen;
  }

  get begun(): boolean {
    return this.#reader?.begun ?? false;
  }

  async read(sink: OutputSink, signal: AbortSignal): Promise<ScriptEnd> {
    for (let ended = false; ;) {
      const { details } = await inspectPatiently(this.#docker, this.#run.id, signal);
      // older engines may end the log of a container that is ending before its last lines: it is read once more
      const final = ended && !details.running;
      const end = await this.#readLog(sink, details.startedAt);
      if (end.marked || this.#closed.signal.aborted || final) return end;
      ended = !details.running || !(await inspectPatiently(this.#docker, this.#run.id, signal)).details.running;
    }
  }

  close(): void {
    this.#closed.abort();
  }

  async #readLog(sink: OutputSink, startedAt: Date | undefined): Promise<ScriptEnd> {
    const { id, first, started } = this.#run;
    const counted = new CountedOutput(this.#unseen(sink));
    const reader = new ScriptReader(this.#run, counted, started);
    this.#reader = reader;
    const over = new AbortController();
    using _ = onAbort(this.#closed.signal, () => over.abort());
    const since = first || startedAt === undefined ? undefined : new Date(startedAt.getTime() - RUN_GAP_MS);
    const log = this.#docker.followLogs(id, reader, over.signal, since).catch(() => undefined);
    void log.then(() => reader.streamEnded());
    const end = await reader.end;
    over.abort();
    this.#seen = furthest(this.#seen, counted.seen);
    return end;
  }

  #unseen(sink: OutputSink): OutputSink {
    if (this.#seen === undefined) return sink;
    const skips = { stdout: new StreamSkip(this.#seen.stdout), stderr: new StreamSkip(this.#seen.stderr) };
    return {
      write: (stream, chunk) => {
        const rest = skips[stream].take(chunk);
        if (rest.length > 0) sink.write(stream, rest);
      },
    };
  }
}

const further = (before: StreamPosition | undefined, now: StreamPosition): StreamPosition =>
  before !== undefined && before.bytes > now.bytes ? before : now;

const furthest = (before: SeenOutput | undefined, now: SeenOutput): SeenOutput => ({
  stdout: further(before?.stdout, now.stdout),
  stderr: further(before?.stderr, now.stderr),
});
