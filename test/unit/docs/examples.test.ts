import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { buildProgram } from '../../../agent/commands/program.ts';
import { loadConfig } from '../../../agent/config/load-config.ts';
import { markdownBlocks } from '../../support/markdown-blocks.ts';
import { makePipeline } from '../../support/make-pipeline.ts';
import { tempDir } from '../../support/temp-dir.ts';

const execute = promisify(execFile);
const COORDINATOR = join(import.meta.dirname, '..', '..', '..', 'coordinator-mock', 'main.ts');
const PAGES = ['../README.md', 'troubleshooting.md', 'failures.md', 'engine.md', 'job-path.md', 'differences.md'];

/** The commands of a shell block, continued lines joined, comments and blank lines left out. */
function commandsOf(text: string): string[][] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines
    .map((line) => line.replace(/ # .*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.replace(/^npm run --silent (dockworker|coordinator) -- /, '$1 ').split(/\s+/));
}

async function unknownWords([program, ...args]: string[]): Promise<string[]> {
  if (program === 'npm') return [];
  if (program === 'coordinator') return unknownToCoordinator(args);
  assert.equal(program, 'dockworker');
  const root = await buildProgram(args);
  const command = root.commands.find((verb) => verb.name() === args[0]);
  if (command === undefined) return args.filter((word) => !['--version', '--help'].includes(word));
  return command.parseOptions(args.slice(1)).unknown;
}

async function unknownToCoordinator(args: readonly string[]): Promise<string[]> {
  const { stdout } = await execute(process.execPath, [COORDINATOR, args[0] ?? '', '--help']);
  return args.filter((word) => word.startsWith('--') && !stdout.includes(`  ${word}`));
}

for (const page of PAGES) {
  const blocks = await markdownBlocks(page);
  const texts = (language: string): string[] =>
    blocks.filter((block) => block.language === language).map(({ text }) => text);
  if (blocks.length === 0) continue;

  describe(page, () => {
    test('its blocks say what they are', () => {
      for (const { language } of blocks) assert.match(language, /^(?:sh|toml|yaml|text)$/);
    });

    for (const [index, text] of texts('toml').entries()) {
      test(`config ${String(index + 1)} loads without a warning`, async () => {
        await using dir = await tempDir();
        await writeFile(dir.file('config.toml'), text);
        const { warnings, config } = await loadConfig(dir.file('config.toml'), {});
        assert.deepEqual(warnings, []);
        assert.ok(config.runners.length > 0);
      });
    }

    for (const [index, text] of texts('yaml').entries()) {
      test(`job file ${String(index + 1)} gives a pipeline without a warning`, () => {
        const { jobs, warnings } = makePipeline(text);
        assert.ok(jobs.length > 0);
        assert.deepEqual(warnings, []);
      });
    }

    for (const words of texts('sh').flatMap(commandsOf)) {
      test(words.slice(0, 3).join(' '), async () => assert.deepEqual(await unknownWords(words), []));
    }
  });
}

test('a command line that nobody knows is noticed', async () => {
  assert.deepEqual(await unknownWords(['dockworker', 'run', '--no-such-option']), ['--no-such-option']);
  assert.deepEqual(await unknownWords(['coordinator', 'serve', '--no-such-option']), ['--no-such-option']);
});
