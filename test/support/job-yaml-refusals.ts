import assert from 'node:assert/strict';
import { isJobYamlError } from '../../coordinator-mock/pipeline/job-yaml-error.ts';
import type { PipelineInput } from '../../coordinator-mock/pipeline/pipeline.ts';
import { makePipeline } from './make-pipeline.ts';

/** A job file that must be refused: what it is, the file, and the whole message after the file's name. */
export type Refusal = readonly [title: string, text: string, message: string];

/** Checks that a file is refused with exactly this message, whose place the error's fields repeat. */
export function assertRefused(text: string, message: string, changes: Partial<PipelineInput> = {}): void {
  assert.throws(
    () => makePipeline(text, changes),
    (error) => {
      assert.ok(isJobYamlError(error), `not a JobYamlError: ${String(error)}`);
      assert.equal(error.message, `.gitlab-ci.yml:${message}`);
      assert.equal(`${error.line}:${error.column}: ${error.sentence}`, message);
      assert.equal(error.file, '.gitlab-ci.yml');
      return true;
    },
  );
}
