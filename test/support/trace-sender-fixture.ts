import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceSender } from '../../agent/trace/send-trace.ts';
import { TraceSpool } from '../../agent/trace/trace-spool.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedCoordinator, type ScriptedReply } from './scripted-coordinator.ts';

export interface TraceSenderFixture extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly server: ScriptedCoordinator;
  readonly spool: TraceSpool;
  readonly sender: TraceSender;
  /** What the sender has told of the coordinator's wishes. */
  readonly statuses: string[];
  write(text: string | Buffer): void;
}

export interface TraceSenderSettings {
  /** Seconds that the coordinator asks for; none when left out. */
  readonly interval?: number;
  /** Replies to the first patches; `{}` is an ordinary one. */
  readonly patches?: readonly ScriptedReply[];
}

/** A started sender of job 7 with its spool, before a scripted coordinator and on a clock that the test moves. */
export function traceSenderFixture({ interval, patches = [] }: TraceSenderSettings = {}): TraceSenderFixture {
  const folder = mkdtempSync(join(tmpdir(), 'trace-sender-'));
  const clock = new ManualClock();
  const server = new ScriptedCoordinator(clock);
  server.interval = interval;
  server.patchReplies.push(...patches);
  const spool = new TraceSpool({ path: join(folder, 'trace'), limit: 1 << 26 });
  const statuses: string[] = [];
  const sender = new TraceSender({
    coordinator: server.coordinator,
    job: { id: 7, token: 'job-token' },
    spool,
    debugTrace: false,
    clock,
    onStatus: (status) => void statuses.push(status),
  });
  sender.start();
  return {
    clock,
    server,
    spool,
    sender,
    statuses,
    write: (text) => {
      spool.append(Buffer.from(text));
      sender.notify();
    },
    async [Symbol.asyncDispose]() {
      await sender.stop(AbortSignal.abort());
      spool.close();
      rmSync(folder, { recursive: true });
    },
  };
}
