import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { type FileResult, fileResult } from './file-result.ts';

const FILE_TIMEOUT = 300_000;

/** Runs one test file in a process of its own; it is ended when the signal aborts or after five minutes. */
export async function runTestFile(file: string, signal: AbortSignal): Promise<FileResult> {
  const begin = performance.now();
  const events: TestEvent[] = [];
  const stream = run({ files: [file], signal: AbortSignal.any([signal, AbortSignal.timeout(FILE_TIMEOUT)]) });
  for await (const event of stream) events.push(event);
  return fileResult(file, events, (performance.now() - begin) / 1000);
}
