/** The reasons that the agent itself gives for a failed job. */
export const failureReasons = [
  'script_failure',
  'runner_system_failure',
  'job_execution_timeout',
  'image_pull_failure',
  'unknown_failure',
  'runner_configuration_error',
  'runner_external_dependency_failure',
  'runner_interrupted',
  'job_canceled',
] as const;

export type FailureReason = (typeof failureReasons)[number];

export const isFailureReason = (text: string): text is FailureReason =>
  failureReasons.some((reason) => reason === text);

/** Reasons that every coordinator understands, listed in its features or not. */
const alwaysKnown: readonly string[] = ['script_failure', 'runner_system_failure', 'job_execution_timeout'];

/** What a newer reason is called for a coordinator that does not know it. */
const olderNames: Readonly<Partial<Record<FailureReason, FailureReason>>> = {
  image_pull_failure: 'runner_system_failure',
  runner_configuration_error: 'script_failure',
  runner_external_dependency_failure: 'runner_system_failure',
};

/** The reason to report to a coordinator that knows the reasons `known` (`features.failure_reasons`). */
export function mapFailureReason(reason: FailureReason, known: readonly string[]): FailureReason {
  if (known.includes(reason) || alwaysKnown.includes(reason)) return reason;
  return olderNames[reason] ?? 'unknown_failure';
}
