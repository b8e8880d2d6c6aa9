import { jobPayloadSchema } from '#protocol/job.ts';
import type { JobRecord } from './job-record.ts';

/**
 * The runner features that a job cannot do without, by name. A payload that is malformed on purpose asks for nothing.
 * Exit codes matter only to `allow_failure`.
 */
export function requiredFeatures(job: JobRecord): string[] {
  const parsed = jobPayloadSchema.safeParse(job.payload);
  if (!parsed.success) return [];
  const { artifacts, cache, git_info, secrets, steps } = parsed.data;
  const needs: [string, boolean][] = [
    ['refspecs', git_info.refspecs.some((refspec) => refspec.includes('refs/merge-requests/'))],
    ['upload_multiple_artifacts', artifacts.some(({ artifact_type }) => !['', 'archive'].includes(artifact_type))],
    ['artifacts_exclude', artifacts.some(({ exclude }) => exclude.length > 0)],
    ['multi_build_steps', steps.some(({ name }) => !['script', 'after_script', ''].includes(name))],
    ['return_exit_code', typeof job.options.allow_failure === 'object'],
    ['fallback_cache_keys', cache.some(({ fallback_keys }) => fallback_keys.length > 0)],
    ['vault_secrets', Object.values(secrets).some((secret) => 'vault' in secret)],
  ];
  return needs.filter(([, needed]) => needed).map(([name]) => name);
}
