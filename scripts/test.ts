import { parseArgs } from 'node:util';
import PQueue from 'p-queue';
import { explain, isSetupError, SetupError } from './common/setup-error.ts';
import type { FileResult } from './test/file-result.ts';
import { listJobThings } from './test/job-leftovers.ts';
import { describeFile, describeRun } from './test/progress-report.ts';
import { runTestFile } from './test/run-test-file.ts';
import { prepareRegistryTools } from './test/registry-tools.ts';
import { prepareTestImages } from './test/test-images.ts';
import { prepareTestEngine, type TestEngine } from './test/test-engine.ts';
import { findTestFiles, type TestFiles } from './test/test-files.ts';

const CONCURRENCY = 2;

const NO_ENGINE: TestEngine = { socket: undefined, notices: [], release: () => Promise.resolve() };

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupt.abort());

/** Prepares what the files need, runs them and gives the results; `notices` collects what people should know. */
async function runTests(files: TestFiles, notices: string[]): Promise<FileResult[]> {
  const engine =
    files.real.length > 0 ? await prepareTestEngine(process.env['DOCKWORKER_TEST_ENGINE'] || undefined) : NO_ENGINE;
  notices.push(...engine.notices);
  if (engine.socket !== undefined) notices.push(...(await prepareRegistryTools(files.real)));
  for (const notice of notices) console.log(notice);
  try {
    return await (engine.socket === undefined ? runWithoutEngine(files) : runOnEngine(files, engine.socket, notices));
  } finally {
    await engine.release();
  }
}

async function runWithoutEngine(files: TestFiles): Promise<FileResult[]> {
  useEngine(undefined);
  return runFiles([...files.unit, ...files.real]);
}

async function runOnEngine(files: TestFiles, socket: string, notices: string[]): Promise<FileResult[]> {
  const { images, notices: missing } = await prepareTestImages(files.real, socket);
  notices.push(...missing);
  console.log(`images: ${images.map(({ name, origin }) => `${name} (${origin})`).join(', ')}`);
  const before = new Set(await listJobThings(socket));
  useEngine(undefined);
  const unit = await runFiles(files.unit);
  useEngine(socket);
  const real = await runFiles(files.real);
  return [...unit, ...real, await checkLeftovers(socket, before)];
}

/** What the files that run next find in their environment; unit tests find nothing. */
function useEngine(socket: string | undefined): void {
  process.env['DOCKWORKER_TEST_SOCKET'] = socket ?? '';
  if (socket === undefined) delete process.env['DOCKER_HOST'];
  else process.env['DOCKER_HOST'] = `unix://${socket}`;
}

async function runFiles(files: readonly string[]): Promise<FileResult[]> {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  return queue.addAll(files.map((file) => async () => report(await runTestFile(file, interrupt.signal))));
}

async function checkLeftovers(socket: string, before: ReadonlySet<string>): Promise<FileResult> {
  const left = (await listJobThings(socket)).filter((thing) => !before.has(thing));
  const failures = left.length === 0 ? [] : [{ name: 'a job left something behind', details: left.join('\n') }];
  const file = 'no container, network or volume of a job is left';
  return report({ file, passed: left.length === 0 ? 1 : 0, failures, skipped: [], output: '', seconds: 0 });
}

function report(result: FileResult): FileResult {
  console.log(describeFile(result));
  return result;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { smoke: { type: 'boolean' } }, allowPositionals: true });
  const files = await findTestFiles({ filters: positionals, smoke: values.smoke === true });
  if (files.unit.length + files.real.length === 0) throw new SetupError('no test file matches');
  const notices: string[] = [];
  const results = await runTests(files, notices);
  if (interrupt.signal.aborted) notices.push('interrupted');
  console.log(describeRun(results, notices));
  const failed = results.some(({ failures }) => failures.length > 0);
  process.exitCode = failed || interrupt.signal.aborted ? 1 : 0;
}

try {
  await main();
} catch (error) {
  if (!isSetupError(error)) throw error;
  console.log(`${explain(error)}\n0 passed, 1 failed`);
  process.exitCode = 1;
}
