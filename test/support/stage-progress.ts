import type { StageProgress } from '../../agent/stages/stage-progress.ts';

/** Stages that begin at the beginning and leave nothing behind. */
export function noProgress(): StageProgress {
  let runs = 0;
  return {
    earlier: undefined,
    adopted: () => {},
    scriptBegins: () => ({ run: (runs += 1), known: Promise.resolve() }),
    scriptDelivered: () => {},
    scriptEnded: () => {},
    stepsEnded: () => {},
  };
}
