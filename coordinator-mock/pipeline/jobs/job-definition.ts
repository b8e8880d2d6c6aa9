import type { Hook } from '#protocol/job.ts';
import type { ImageSpec } from '#protocol/image-spec.ts';
import type { ArtifactSpec, CacheSpec } from '#protocol/job-files.ts';
import type { Place } from '../job-yaml-error.ts';
import type { AllowFailure } from '../keywords/read-allow-failure.ts';
import type { WrittenNeed } from '../keywords/read-needs.ts';
import type { Rule } from '../keywords/read-rules.ts';
import type { JobWhen, RetrySpec } from '../pipeline.ts';
import type { YamlVariable } from '../payload/read-variables.ts';
import type { PlacedText } from '../yaml/read-value.ts';
import type { Warning } from './find-warnings.ts';

/** A job as the file says it, before `rules` and `parallel`. */
export interface JobDefinition {
  readonly name: string;
  readonly at: Place;
  readonly stage: string;
  readonly image: ImageSpec | undefined;
  readonly services: ImageSpec[];
  /** before_script and script, in this order. */
  readonly script: string[];
  readonly afterScript: string[];
  readonly hooks: Hook[];
  readonly variables: ReadonlyMap<string, YamlVariable>;
  readonly tags: string[];
  readonly when: JobWhen | 'never';
  readonly allowFailure: AllowFailure | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly needs: readonly WrittenNeed[] | undefined;
  readonly dependencies: readonly PlacedText[] | undefined;
  readonly retry: RetrySpec;
  readonly artifacts: ArtifactSpec[];
  readonly cache: CacheSpec[];
  readonly rules: readonly Rule[] | undefined;
  /** Undefined: the job is not numbered. */
  readonly parallel: number | undefined;
}

/** The whole file, read and checked word by word. */
export interface FileDefinition {
  readonly stages: readonly string[];
  readonly variables: ReadonlyMap<string, YamlVariable>;
  readonly workflowRules: readonly Rule[] | undefined;
  readonly jobs: readonly JobDefinition[];

  readonly warnings: readonly Warning[];
}
