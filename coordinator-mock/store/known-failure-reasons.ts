import { asObject } from '../http/request-body.ts';
import type { JobRecord } from './job-record.ts';

/** What this coordinator lists in `features.failure_reasons` of the jobs it hands out. */
export const knownFailureReasons: readonly string[] = [
  'unknown_failure',
  'script_failure',
  'api_failure',
  'stuck_or_timeout_failure',
  'runner_system_failure',
  'missing_dependency_failure',
  'runner_unsupported',
  'stale_schedule',
  'job_execution_timeout',
  'archived_failure',
  'unmet_prerequisites',
  'scheduler_failure',
  'data_integrity_failure',
  'user_blocked',
  'project_deleted',
  'ci_quota_exceeded',
  'no_matching_runner',
  'trace_size_exceeded',
  'builds_disabled',
  'environment_creation_failure',
  'deployment_rejected',
  'image_pull_failure',
  'runner_configuration_error',
  'runner_external_dependency_failure',
  'runner_interrupted',
  'job_canceled',
  'job_token_expired',
];

/** The reason as it is stored: one that neither the job's own list nor ours has is `unknown_failure`. */
export function knownFailureReason(job: JobRecord, reason: string | undefined): string {
  const listed = asObject(job.payload['features'])['failure_reasons'];
  const known = Array.isArray(listed) ? [...knownFailureReasons, ...listed] : knownFailureReasons;
  return reason !== undefined && known.includes(reason) ? reason : 'unknown_failure';
}
