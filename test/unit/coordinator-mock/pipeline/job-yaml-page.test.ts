import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  defaultKeywords,
  globalKeywords,
  jobKeywords,
} from '../../../../coordinator-mock/pipeline/keywords/job-keywords.ts';
import type { KeywordTable } from '../../../../coordinator-mock/pipeline/yaml/read-map.ts';
import { makePipeline } from '../../../support/make-pipeline.ts';

const page = readFileSync(new URL('../../../../docs/job-yaml.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);

/** The words in backticks of a row of the table under `Refused`. */
function refusedOnPage(where: string): string[] {
  const section = page.slice(page.indexOf('\n## Refused\n'));
  const row = section.split('\n').find((line) => line.startsWith(`| ${where} |`)) ?? '';
  return [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, word = '']) => word);
}

describe('docs/job-yaml.md', () => {
  test('has an example for each group of keywords', () => assert.equal(examples.length, 8));

  for (const [index, text] of examples.entries()) {
    test(`example ${index + 1} is a job file`, () => {
      const pipeline = makePipeline(text);
      assert.ok(pipeline.jobs.length > 0);
      assert.deepEqual(pipeline.warnings, []);
    });
  }

  test('shows every keyword of a job and of a file in an example', () => {
    const shown = examples.join('\n');
    const known = [...jobKeywords.known, ...globalKeywords.known].filter(
      (word) => !/interruptible|coverage/.test(word),
    );
    assert.deepEqual(
      known.filter((word) => !new RegExp(`\\b${word}:`).test(shown)),
      [],
    );
  });

  const tables: readonly (readonly [where: string, table: KeywordTable])[] = [
    ['file', globalKeywords],
    ['`default`', defaultKeywords],
    ['job', jobKeywords],
  ];
  for (const [where, table] of tables) {
    test(`names every refused keyword of a ${where}, and no other`, () => {
      assert.deepEqual(refusedOnPage(where).toSorted(), Object.keys(table.refused ?? {}).toSorted());
    });
  }
});
