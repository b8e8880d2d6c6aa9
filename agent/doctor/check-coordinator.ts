import { describeError } from '../common/errors/describe-error.ts';
import { isCoordinatorError } from '../coordinator/coordinator-error.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** The two questions that a coordinator is asked. */
export interface CoordinatorQuestions {
  readonly url: string;
  /** Rejects with CoordinatorError when the token is refused or nobody answers. */
  verify(): Promise<unknown>;
  /** The `Date` header of any answer; undefined when there is none. */
  date(): Promise<string | undefined>;
}

const SMALL_SKEW_MS = 5000;
const LARGE_SKEW_MS = 300_000;

/** Whether the coordinator answers and knows the runner, and how far its clock is from ours. */
export async function checkCoordinator(questions: CoordinatorQuestions): Promise<Finding[]> {
  const token = await checkToken(questions);
  const clock = await checkClock(questions);
  return clock === undefined ? [token] : [token, clock];
}

async function checkToken(questions: CoordinatorQuestions): Promise<Finding> {
  try {
    await questions.verify();
    return ok('coordinator', `${questions.url} answers and knows the runner's token`);
  } catch (error) {
    const refused = isCoordinatorError(error) && error.status === 403;
    return fail('coordinator', refused ? `${questions.url} refuses the runner's token (403)` : describeError(error));
  }
}

async function checkClock(questions: CoordinatorQuestions): Promise<Finding | undefined> {
  const asked = Date.now();
  try {
    const theirs = Date.parse((await questions.date()) ?? '');
    return Number.isNaN(theirs) ? undefined : describeSkew(theirs, asked, Date.now());
  } catch {
    // That nobody answers has been said.
    return undefined;
  }
}

/** `theirs` has whole seconds and is of some moment between `asked` and `answered`; all in milliseconds. */
export function describeSkew(theirs: number, asked: number, answered: number): Finding {
  const ahead = Math.max(0, theirs - answered);
  const behind = Math.max(0, asked - (theirs + 1000));
  const skew = Math.max(ahead, behind);
  if (skew <= SMALL_SKEW_MS) return ok('clock', 'this machine and the coordinator agree on the time');
  const text = `the coordinator's clock is ${Math.round(skew / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`;
  return skew > LARGE_SKEW_MS ? fail('clock', text) : warn('clock', text);
}
