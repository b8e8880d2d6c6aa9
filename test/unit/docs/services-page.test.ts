import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkConfig } from '../../../agent/config/check/check-config.ts';
import { serviceReadiness } from '../../../agent/job/accept/service/service-readiness.ts';
import type { Probe } from '../../../agent/spec/readiness.ts';
import { makePipeline } from '../../support/make-pipeline.ts';
import { markdownBlocks } from '../../support/markdown-blocks.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const blocks = await markdownBlocks('services.md');
const texts = (language: string): string[] =>
  blocks.filter((block) => block.language === language).map(({ text }) => text);
const page = await readFile(join(import.meta.dirname, '..', '..', '..', 'docs', 'services.md'), 'utf8');

describe('services.md', () => {
  test('the job gives a pipeline without a warning', () => {
    const [text = ''] = texts('yaml');
    const { jobs, warnings } = makePipeline(text);
    assert.deepEqual([jobs.length, warnings], [1, []]);
  });

  for (const [index, text] of texts('toml').entries())
    test(`config ${index + 1} is known in every key`, () => {
      const { errors, unknownKeys, unimplemented } = checkConfig(text, {});
      assert.deepEqual([errors, unknownKeys, unimplemented], [[], [], []]);
    });

  test('every probe of the table is one', () => {
    const cells = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell = '']) => cell);
    const probes = cells.filter((cell) => /^(?:tcp|http|exec|log|healthcheck|none)\b/.test(cell));
    const kinds = probes.map((probe) => serviceReadiness([`DOCKWORKER_READY=${probe}`], 'x', 'warn').probe.kind);
    const expected: Probe['kind'][] = ['tcp', 'http', 'exec', 'log', 'healthcheck', 'none'];
    assert.deepEqual(kinds, expected);
  });
});
