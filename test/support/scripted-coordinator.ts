import type { JobUpdate } from '#protocol/job-update.ts';
import type { CoordinatorContact } from '../../agent/coordinator/coordinator-contact.ts';
import type { Coordinator, JobReply } from '../../agent/coordinator/coordinator.ts';
import type { ManualClock } from './manual-clock.ts';

/** One call that the coordinator got: time of the clock, bytes or update. */
export type SeenCall =
  | {
      readonly at: number;
      readonly call: 'patch';
      readonly offset: number;
      readonly bytes: Buffer;
      readonly debugTrace: boolean;
    }
  | { readonly at: number; readonly call: 'put'; readonly update: JobUpdate };

/** A reply to give in place of the ordinary one; 412 loses the trace. `stores: true`: the patch is kept although the reply is another. */
export type ScriptedReply = Partial<JobReply> & { readonly takesMs?: number; readonly stores?: boolean };

const lost: JobReply = { status: -1, jobStatus: undefined, updateInterval: undefined, storedBytes: undefined };
const ordinary = { jobStatus: 'running', updateInterval: undefined, storedBytes: undefined };

/**
 * The job's side of a coordinator: keeps the trace, answers as GitLab does, or as the test has scripted for the next
 * patch or update. All other calls fail.
 */
export class ScriptedCoordinator implements Pick<Coordinator, 'patchTrace' | 'updateJob'> {
  readonly seen: SeenCall[] = [];
  readonly patchReplies: ScriptedReply[] = [];
  readonly putReplies: ScriptedReply[] = [];
  trace: Buffer = Buffer.alloc(0);
  /** Goes into every ordinary reply. */
  jobStatus = 'running';
  interval: number | undefined;
  /** What is known of it; a test that sets it tells it of the calls as well. */
  contact: CoordinatorContact | undefined;
  /** Until this time no call gets an answer, nor leaves a trace. */
  awayUntil = 0;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  get coordinator(): Coordinator {
    return new Proxy(this, {
      get: (target, name) => {
        if (name === 'patchTrace') return target.patchTrace.bind(target);
        if (name === 'updateJob') return target.updateJob.bind(target);
        if (name === 'contact') return target.contact;
        throw new Error(`not scripted: ${String(name)}`);
      },
    }) as unknown as Coordinator;
  }

  get patches(): Extract<SeenCall, { call: 'patch' }>[] {
    return this.seen.filter((call) => call.call === 'patch');
  }

  get puts(): Extract<SeenCall, { call: 'put' }>[] {
    return this.seen.filter((call) => call.call === 'put');
  }

  async patchTrace(...[, bytes, offset, debugTrace, signal]: Parameters<Coordinator['patchTrace']>): Promise<JobReply> {
    if (bytes.length === 0 || bytes.length > 1 << 20) throw new Error(`a patch of ${bytes.length} bytes`);
    if (this.#clock.now() < this.awayUntil) return lost;
    this.seen.push({ at: this.#clock.now(), call: 'patch', offset, bytes: Buffer.from(bytes), debugTrace });
    const scripted = this.patchReplies.shift();
    if (scripted?.takesMs !== undefined) await this.#clock.sleep(scripted.takesMs, signal);
    const fits = offset === this.trace.length;
    if (fits && (scripted?.status === undefined || scripted.stores === true))
      this.trace = Buffer.concat([this.trace, bytes]);
    const status = fits ? 202 : 416;
    return { ...this.#reply(status), storedBytes: this.trace.length, ...scripted };
  }

  async updateJob(...[, update, signal]: Parameters<Coordinator['updateJob']>): Promise<JobReply> {
    if (this.#clock.now() < this.awayUntil) return lost;
    this.seen.push({ at: this.#clock.now(), call: 'put', update });
    const scripted = this.putReplies.shift();
    if (scripted?.takesMs !== undefined) await this.#clock.sleep(scripted.takesMs, signal);
    if (scripted?.status === 412) this.trace = Buffer.alloc(0);
    return { ...this.#reply(200), updateInterval: undefined, ...scripted };
  }

  #reply(status: number): JobReply {
    return { ...ordinary, status, jobStatus: this.jobStatus, updateInterval: this.interval };
  }
}
