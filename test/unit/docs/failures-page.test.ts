import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ENGINE_REFUSALS } from '../../../agent/container/failure/engine-refusals.ts';
import { EXIT_CODES } from '../../../agent/container/failure/exit-code.ts';
import { memoryCause } from '../../../agent/container/failure/memory-cause.ts';
import { OUTPUT_HINTS } from '../../../agent/container/failure/output-hint.ts';
import { scriptFailure } from '../../../agent/stages/stage-failure.ts';
import { failureReasons } from '../../../protocol/failure-reason.ts';
import { accepted } from '../../support/job-fixture.ts';
import { RecordingTrace } from '../../support/recording-trace.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const page = await readFile(join(ROOT, 'docs', 'failures.md'), 'utf8');

/** The cells of all tables that are one sentence of code. */
const sentences = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .flatMap((line) => line.split('|').map((cell) => cell.trim()))
  .flatMap((cell) => /^`([^`]+)`$/.exec(cell)?.[1] ?? [])
  .filter((sentence) => !failureReasons.some((reason) => reason === sentence));

/** All source text, strings that go on in the next line put together. */
async function sourceText(): Promise<string> {
  const texts: string[] = [];
  for await (const file of glob('agent/**/*.ts', { cwd: ROOT })) texts.push(await readFile(join(ROOT, file), 'utf8'));
  return texts.join('\n').replaceAll(/['`] \+\s+['`]/g, '');
}

/** Sentences that are put together, as the code does it. */
function composed(): string[] {
  const MIB = 2 ** 20;
  const usage = (memoryPeak: number, memoryLimit?: number) => ({
    memoryPeak,
    memoryLimit,
    oomKills: 1,
    cpuSeconds: undefined,
  });
  const memory = [
    memoryCause('the build container', usage(8 * MIB, 8 * MIB), undefined),
    memoryCause('the build container', undefined, 9 * MIB),
    memoryCause('the build container', usage(8 * MIB, 9 * MIB), undefined),
    memoryCause('the build container', undefined, undefined),
  ].map((sentence) => sentence.replace(/of \d MiB/, 'of M').replace(/\d MiB/, 'N'));
  const { spec } = accepted({ payload: { image: { name: 'X' } } });
  const outcome = { exitCode: 1, shellReached: false, stopped: false };
  const entrypoint = scriptFailure(outcome, spec, new RecordingTrace())?.message.replace('exit code 1: ', '');
  return [...memory, entrypoint ?? ''];
}

describe('docs/failures.md', () => {
  test('has every sentence of the tables', () => {
    const own = [
      ...ENGINE_REFUSALS.map(({ sentence }) => sentence(['Y', 'Y'], 'X')),
      ...OUTPUT_HINTS.map(([, hint]) => hint),
      ...Object.values(EXIT_CODES),
      ...composed(),
    ];
    assert.deepEqual(
      own.filter((sentence) => !sentences.includes(sentence)),
      [],
    );
  });

  test('has every exit code with its sentence', () => {
    for (const [code, sentence] of Object.entries(EXIT_CODES))
      assert.ok(page.includes(`| ${code} | \`${sentence}\` |`));
  });

  test('has every failure reason of the agent', () => {
    assert.deepEqual(
      failureReasons.filter((reason) => reason !== 'unknown_failure' && !page.includes(`\`${reason}\``)),
      [],
    );
  });

  test('has no sentence that the agent cannot say', async () => {
    const source = await sourceText();
    const pieces = (sentence: string): string[] =>
      sentence
        .split(/\b[XYNM]\b|: it was|SIGKILL|docker kill/)
        .map((piece) => piece.trim().replace(/^"/, '').replace(/"$/, ''))
        .filter((piece) => /\w{4}/.test(piece));
    const known = composed();
    const unknown = sentences
      .filter((sentence) => !known.includes(sentence))
      .filter((sentence) => !pieces(sentence).every((piece) => source.includes(piece)));
    assert.ok(sentences.length > 40);
    assert.deepEqual(unknown, []);
  });
});
