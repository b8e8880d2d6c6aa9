import { acceptJob } from '../../agent/job/accept/accept-job.ts';
import type { AcceptedJob } from '../../agent/job/accept/accept-job.ts';
import type { JobIdentity } from '../../agent/job/accept/job-identity.ts';
import type { Slot } from '../../agent/job/job-handler.ts';
import { runnerSchema } from '../../agent/config/schema/runner.ts';
import type { RunnerConfig } from '../../agent/config/schema/runner.ts';
import { jobPayloadSchema } from '../../protocol/job.ts';
import type { JobPayload, Variable } from '../../protocol/job.ts';

/** The token that every made-up job has: nothing but credentials may ever hold it. */
export const JOB_TOKEN = 'glcbt-64_abcdefghijklmnopq';
export const SHA = '1234567890abcdef1234567890abcdef12345678';

/** What a test changes about the usual job: fields of the payload, of `[[runners]]` and of `[runners.docker]`. */
export interface JobChanges {
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly runner?: Readonly<Record<string, unknown>>;
  readonly docker?: Readonly<Record<string, unknown>>;
  readonly slot?: Slot;
}

/** A variable as the coordinator sends it; not public unless the test says so. */
export const variable = (key: string, value: string, flags: Partial<Variable> = {}): Variable => ({
  key,
  value,
  public: false,
  masked: false,
  file: false,
  raw: false,
  ...flags,
});

/** A valid payload that asks for busybox without sources. */
export const jobPayload = (changes: Readonly<Record<string, unknown>> = {}): JobPayload =>
  jobPayloadSchema.parse({
    id: 4711,
    token: JOB_TOKEN,
    job_info: { name: 'job', stage: 'test', project_id: 7 },
    git_info: {
      repo_url: `http://gitlab-ci-token:${JOB_TOKEN}@git.example.com/grp/app.git`,
      ref: 'main',
      ref_type: 'branch',
      sha: SHA,
      before_sha: '0'.repeat(40),
      refspecs: ['+refs/heads/main:refs/remotes/origin/main'],
      depth: 20,
    },
    runner_info: { timeout: 60 },
    image: { name: 'busybox:latest' },
    steps: [{ name: 'script', script: ['true'] }],
    ...changes,
    variables: [variable('GIT_STRATEGY', 'none'), ...((changes['variables'] as Variable[] | undefined) ?? [])],
  });

export const runnerConfig = (changes: JobChanges = {}): RunnerConfig =>
  runnerSchema.parse({
    name: 'fixture',
    url: 'http://git.example.com',
    token: 'glrt-Fixture12runner',
    ...changes.runner,
    docker: { pull_policy: 'if-not-present', helper_image: 'gitbase:latest', ...changes.docker },
  });

export const jobIdentity = (changes: JobChanges = {}): JobIdentity => ({
  payload: jobPayload(changes.payload),
  runner: runnerConfig(changes),
  slot: changes.slot ?? { concurrentId: 3, projectSlot: 2 },
  systemId: 's_0123456789ab',
  instance: '0123456789abcdef',
});

export const accepted = (changes: JobChanges = {}): AcceptedJob => acceptJob(jobIdentity(changes));
