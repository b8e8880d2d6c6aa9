import { shortToken } from '../../common/short-token.ts';
import type { LabelFacts } from '../../container/labels.ts';
import type { JobIdentity } from './job-identity.ts';

/** What the labels of a job's objects say. */
export function jobFacts({ payload, runner, slot, systemId, instance }: JobIdentity): LabelFacts {
  const { job_info, git_info, runner_info } = payload;
  const variable = (key: string): string => payload.variables.find((entry) => entry.key === key)?.value ?? '';
  return {
    jobId: payload.id,
    jobUrl: withoutUserInfo(variable('CI_JOB_URL')),
    sha: git_info.sha,
    beforeSha: git_info.before_sha,
    ref: variable('CI_COMMIT_REF_NAME') || git_info.ref,
    timeout: goDuration(runner_info.timeout),
    projectId: job_info.project_id,
    projectSlot: slot.projectSlot,
    pipelineId: variable('CI_PIPELINE_ID') || String(job_info.pipeline_id ?? ''),
    shortToken: shortToken(runner.token),
    runnerId: variable('CI_RUNNER_ID') || String(runner.id || ''),
    systemId,
    instance,
    runnerName: runner.name,
    jobName: job_info.name,
    projectPath: variable('CI_PROJECT_PATH'),
    deadline: Math.ceil(Date.now() / 1000) + runner_info.timeout,
  };
}

/** Everybody who may ask the engine reads labels. */
function withoutUserInfo(url: string): string {
  if (!URL.canParse(url)) return url.includes('@') ? '' : url;
  const parsed = new URL(url);
  if (parsed.username === '' && parsed.password === '') return url;
  [parsed.username, parsed.password] = ['', ''];
  return parsed.href;
}

/** Seconds as `1h2m3s`. */
function goDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const parts = [hours > 0 ? `${hours}h` : '', seconds >= 60 ? `${minutes}m` : '', `${seconds % 60}s`];
  return parts.join('');
}
