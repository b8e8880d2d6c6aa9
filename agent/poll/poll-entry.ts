import type { RunnerInfo } from '#protocol/runner.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import type { Coordinator, RunnerCredentials } from '../coordinator/coordinator.ts';
import type { HealthRules } from './runner-health.ts';
import type { RequestLimitRules } from './request-limit.ts';

/** One `[[runners]]` entry, ready to be asked for jobs. */
export interface PollEntry {
  /** The same before and after a reload of the configuration. */
  readonly key: string;
  readonly runner: RunnerConfig;
  readonly coordinator: Coordinator;
  readonly credentials: RunnerCredentials;
  readonly info: RunnerInfo;
}

export const healthRules = ({ runner }: PollEntry): HealthRules => ({
  badInARow: runner.unhealthy_requests_limit,
  restMs: runner.unhealthy_interval ?? 0,
});

export const requestLimitRules = ({ runner }: PollEntry): RequestLimitRules => ({
  most: runner.request_concurrency,
  adaptive: runner.feature_flags['FF_USE_ADAPTIVE_REQUEST_CONCURRENCY'] ?? true,
});
