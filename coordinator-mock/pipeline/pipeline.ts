import type { JobPayload, Variable } from '#protocol/job.ts';

/** The head commit, for CI_COMMIT_MESSAGE and the like. `author` is `Name <email>`, `timestamp` ISO 8601. */
export interface CommitFacts {
  readonly message: string;
  readonly author: string;
  readonly timestamp: string;
}

/** A variable given to the whole pipeline, such as by the person who starts it. Not public unless it says so. */
export interface PipelineVariable extends Partial<Omit<Variable, 'key' | 'value'>> {
  readonly key: string;
  readonly value: string;
}

/** What a pipeline is made from. */
export interface PipelineInput {
  /** `path` is what errors and CI_CONFIG_PATH name. */
  readonly file: { readonly path: string; readonly text: string };
  readonly ref: string;
  readonly refType: 'branch' | 'tag';
  /** Decides the suffix of cache keys and CI_COMMIT_REF_PROTECTED. */
  readonly refProtected: boolean;
  readonly sha: string;
  readonly beforeSha: string;
  readonly defaultBranch: string;
  /** `group/project`. */
  readonly projectPath: string;
  readonly projectId: number;
  readonly pipelineId: number;
  /** The URL under which jobs reach the server. */
  readonly serverUrl: string;
  readonly variables: readonly PipelineVariable[];
  /** CI_PIPELINE_SOURCE, `push` when absent. */
  readonly source?: string | undefined;
  readonly createdAt?: Date | undefined;
  readonly commit?: CommitFacts | undefined;
}

/** A job that another one waits for. */
export interface Need {
  readonly job: string;
  /** The need is dropped when the pipeline has no such job. */
  readonly optional: boolean;
  /** The needed job's artifacts are downloaded. */
  readonly artifacts: boolean;
}

export const jobWhens = ['on_success', 'on_failure', 'always', 'manual'] as const;
export type JobWhen = (typeof jobWhens)[number];

/** How often a failed job is tried again, and after which failures; `when` and `exitCodes` are alternatives. */
export interface RetrySpec {
  readonly max: number;
  readonly when: readonly string[];
  readonly exitCodes: readonly number[];
}

/** The part of a job's payload that follows from the job file. The server adds ids, tokens, git_info and its own variables. */
export type PayloadParts = Pick<
  JobPayload,
  'image' | 'services' | 'steps' | 'variables' | 'artifacts' | 'cache' | 'hooks'
>;

/** One job of a pipeline. */
export interface PipelineJob {
  /** Unique in the pipeline, also after `parallel` (`job 1/3`). */
  readonly name: string;
  readonly stage: string;
  /** Undefined: the job waits for all earlier stages. Empty: it starts at once. Names are those of jobs of this pipeline. */
  readonly needs: readonly Need[] | undefined;
  /** Jobs whose artifacts are wanted, of this pipeline; undefined: not stated. See artifactSources(). */
  readonly dependencies: readonly string[] | undefined;
  readonly when: JobWhen;
  readonly allowFailure: boolean | { readonly exitCodes: readonly number[] };
  readonly retry: RetrySpec;
  readonly tags: readonly string[];
  /** Undefined: the project's default. */
  readonly timeoutSeconds: number | undefined;
  readonly payload: PayloadParts;
}

/** Jobs are in the order of their stages, then of the file. `stages` are only those that have jobs, in order. */
export interface Pipeline {
  readonly stages: readonly string[];
  readonly jobs: readonly PipelineJob[];
  /** `path:line:column: sentence` for keywords that are accepted but have no effect here. */
  readonly warnings: readonly string[];
}
