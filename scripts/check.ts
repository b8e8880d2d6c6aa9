import { glob } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { CommandError, runCommand } from './common/run-command.ts';
import { findUnruledFolders } from './check/direction-rules.ts';
import { listSourcePaths, readSources } from './check/read-sources.ts';
import { findRuleBreaks, findStrayTests } from './check/source-rules.ts';

/** What one check found, as lines for people; none means that all is well. `note` is printed in any case. */
interface Findings {
  readonly lines: readonly string[];
  readonly note?: string;
}

async function format(): Promise<Findings> {
  return { lines: await linesOnFailure('prettier', ['--log-level', 'warn', '--check', '.']) };
}

async function types(): Promise<Findings> {
  return { lines: await linesOnFailure('tsc', ['--project', '.']) };
}

async function lint(): Promise<Findings> {
  const lines = await linesOnFailure('oxlint', ['--deny-warnings']);
  const cycles = lines.filter((line) => line.includes('import(no-cycle)')).length;
  return { lines, note: `import cycles: ${String(cycles)}` };
}

async function rules(): Promise<Findings> {
  const sources = await readSources();
  const tests = await Array.fromAsync(glob('test/unit/**/*.test.ts'));
  const strayTests = findStrayTests(tests, await listSourcePaths());
  const lines = [...findRuleBreaks(sources), ...(await findUnruledFolders(sources)), ...strayTests];
  return { lines, note: `${String(sources.length)} source files` };
}

async function linesOnFailure(command: string, args: readonly string[]): Promise<string[]> {
  try {
    await runCommand(command, args);
    return [];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return stripVTControlCharacters(error.output).split('\n');
  }
}

async function report(name: string, check: () => Promise<Findings>): Promise<boolean> {
  const begin = performance.now();
  const { lines, note } = await check();
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const ok = lines.length === 0;
  const title = `${ok ? 'ok  ' : 'FAIL'} ${name} (${[note, `${seconds} s`].filter(Boolean).join(', ')})`;
  console.log([title, ...lines.map((line) => `    ${line}`)].join('\n'));
  return ok;
}

const results = await Promise.all([
  report('format', format),
  report('lint', lint),
  report('types', types),
  report('rules', rules),
]);
process.exitCode = results.every(Boolean) ? 0 : 1;
