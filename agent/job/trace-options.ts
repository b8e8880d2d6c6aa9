import { isProtocolError } from '#protocol/protocol-error.ts';
import type { JobPayload } from '#protocol/job.ts';
import { shortToken } from '../common/short-token.ts';
import { productName, version } from '../common/version.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import type { ReceivedJob } from '../coordinator/job-offer.ts';
import { gitlabTokenPrefixes } from '../trace/mask-tokens.ts';
import type { JobAssignment } from './job-handler.ts';
import { featureFlag, parseBoolean } from './variables/feature-flags.ts';

/** How the trace of a job looks and what it hides, as far as that is known before the job is accepted. */
export interface TraceLook {
  readonly timestamps: boolean;
  readonly sections: boolean;
  readonly tokenPrefixes: readonly string[];
  readonly secrets: readonly string[];
}

export function traceLook(received: ReceivedJob, runner: RunnerConfig): TraceLook {
  const payload = isProtocolError(received.payload) ? undefined : received.payload;
  const stamps = lastValue(payload, 'FF_TIMESTAMPS');
  return {
    timestamps: featureFlag('FF_TIMESTAMPS', runner.feature_flags, stamps),
    sections: payload?.features.trace_sections ?? false,
    tokenPrefixes: [...gitlabTokenPrefixes, ...(payload?.features.token_mask_prefixes ?? [])],
    secrets: [received.token, runner.token, ...maskedValues(payload)],
  };
}

/** CI_DEBUG_TRACE: the coordinator then shows the trace to fewer people. */
export function debugTrace(received: ReceivedJob, runner: RunnerConfig): boolean {
  const payload = isProtocolError(received.payload) ? undefined : received.payload;
  return !runner.debug_trace_disabled && parseBoolean(lastValue(payload, 'CI_DEBUG_TRACE')) === true;
}

function lastValue(payload: JobPayload | undefined, key: string): string {
  return payload?.variables.findLast((variable) => variable.key === key)?.value ?? '';
}

/** Those that are what they are; a value with references is hidden in its expanded form, once the job is accepted. */
function maskedValues(payload: JobPayload | undefined): string[] {
  const masked = (payload?.variables ?? []).filter((variable) => variable.masked);
  return masked.filter(({ raw, value }) => raw || !value.includes('$')).map(({ value }) => value);
}

/** The first lines of every trace: which agent and which runner. */
export const greeting = ({ runner }: Pick<JobAssignment, 'runner'>, systemId: string): readonly string[] => [
  `Running with ${productName} ${version}`,
  `  on ${runner.name} ${shortToken(runner.token)}, system ID: ${systemId}`,
];
