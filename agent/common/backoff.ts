/** Growing waits: the first, the factor between two, and the longest. Milliseconds. */
export interface BackoffPlan {
  readonly firstMs: number;
  readonly maxMs: number;
  /** 2 when left out. */
  readonly factor?: number;
  /** Spreads each wait evenly between the first one and its own length, so that many agents do not return together. */
  readonly jitter?: boolean;
}

/** Milliseconds to wait after the attempt number `attempt` (from 0) has failed. */
export function backoffDelay(plan: BackoffPlan, attempt: number, random: () => number = Math.random): number {
  const full = Math.min(plan.maxMs, plan.firstMs * (plan.factor ?? 2) ** attempt);
  if (plan.jitter !== true) return full;
  return plan.firstMs + random() * (full - plan.firstMs);
}
