import { seededRandom } from '../support/seeded-random.ts';
import { outputScript } from './output-script.ts';
import type { JobPlan, Moment, RunPlan } from './run-plan.ts';

const SECRET = 's3cr3t-of-the-borders';
/** No job has more. */
const MOST = 60;

type MomentMaker = (place: number) => Moment;

/** Every place at which the agent can be killed, by kind. */
const KINDS: readonly MomentMaker[] = [
  (entry) => ({ kind: 'journal', entry, edge: 'before' }),
  (entry) => ({ kind: 'journal', entry, edge: 'torn' }),
  (entry) => ({ kind: 'journal', entry, edge: 'after' }),
  (request) => ({ kind: 'engine', request }),
  (call) => ({ kind: 'coordinator', call }),
];

/** Plans that kill the agent once at each border of a job's life, one after another. */
export class BorderPlans {
  readonly #reached = new Set<number>();

  /** Each kind goes on until `over` says that its moment did not come any more; seeds from `first` on. */
  *plans(first: number, most: number): Iterable<RunPlan> {
    for (let seed = first; seed < first + most; seed += 1) {
      const kind = Math.floor((seed - 1) / MOST);
      if (kind >= KINDS.length) return;
      if (!this.#reached.has(kind)) yield borderPlan(seed);
    }
  }

  /** The agent of this plan lived on: there is no such place, and none after it. */
  over(plan: RunPlan): void {
    this.#reached.add(Math.floor((plan.seed - 1) / MOST));
  }
}

/** The plan with this number, from 1 on. */
function borderPlan(seed: number): RunPlan {
  const kind = Math.floor((seed - 1) / MOST);
  const moment = (KINDS[kind] ?? KINDS[0])?.(((seed - 1) % MOST) + 1) ?? { kind: 'time', ms: 0 };
  return {
    seed,
    secret: SECRET,
    jobs: [job()],
    lives: [{ how: 'kill', moment, pauseMs: 0, patient: true }],
    troubles: [],
  };
}

/** A short job with everything that a job can have. */
function job(): JobPlan {
  const random = seededRandom(1);
  const output = { secret: SECRET, wholeLines: false };
  return {
    tag: 'a',
    script: outputScript({ ...output, prefix: '', pieces: 12, pauseMs: 400 }, random),
    after: outputScript({ ...output, prefix: 'A', pieces: 3, pauseMs: 100 }, random),
    exitCode: 0,
    service: true,
    sources: true,
    timestamps: true,
    padding: 0,
    options: {},
  };
}
