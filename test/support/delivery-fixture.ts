import { runnerInfo } from '../../agent/coordinator/runner-info.ts';
import { Deliveries } from '../../agent/job/delivery/deliveries.ts';
import type { Parcel } from '../../agent/job/delivery/parcel.ts';
import { TraceSender } from '../../agent/trace/send-trace.ts';
import { TraceSpool } from '../../agent/trace/trace-spool.ts';
import { ManualClock } from './manual-clock.ts';
import { recordingLogger } from './poll-fixtures.ts';
import { ScriptedCoordinator } from './scripted-coordinator.ts';
import type { TempDir } from './temp-dir.ts';

/** Deliveries to a scripted coordinator, on a clock that the test moves. */
export class DeliveryFixture {
  readonly clock: ManualClock;
  readonly server: ScriptedCoordinator;
  readonly log = recordingLogger();
  readonly deliveries: Deliveries;
  /** Each parcel's `release`: job and whether its files stay. */
  readonly released: string[] = [];
  readonly #dir: TempDir;

  constructor(dir: TempDir, clock = new ManualClock()) {
    this.#dir = dir;
    this.clock = clock;
    this.server = new ScriptedCoordinator(clock);
    this.deliveries = new Deliveries({ logger: this.log.logger, clock, now: () => clock.now() });
  }

  parcel(id: number, changes: Partial<Parcel> = {}): Parcel {
    const { clock } = this;
    const trace = new TraceSpool({ path: this.#dir.file(`trace-${id}`), limit: 1000, clock });
    trace.append(Buffer.from(`trace of ${id}\n`));
    const { coordinator } = this.server;
    const job = { id, token: 'job-token' };
    const sender = new TraceSender({ coordinator, job, spool: trace, debugTrace: false, clock, onStatus: () => {} });
    return {
      coordinator,
      job,
      info: runnerInfo(),
      failureReasons: [],
      result: { state: 'success' },
      endedAt: clock.now(),
      sender,
      trace,
      logger: this.log.logger,
      release: (keep) => {
        trace.close();
        this.released.push(`${id} ${keep ? 'kept' : 'removed'}`);
      },
      ...changes,
    };
  }

  /** Hands a result over; `at` is when its slot was free again. */
  async add(parcel: Parcel): Promise<{ at: number }> {
    const result = { at: -1 };
    void this.deliveries.add(parcel).then(() => (result.at = this.clock.now()));
    await this.clock.advance(0);
    return result;
  }
}
