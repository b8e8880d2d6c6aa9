import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

/** A test that failed, with everything that is known about it. */
export interface TestFailure {
  readonly name: string;
  readonly details: string;
}

export interface SkippedTest {
  readonly name: string;
  readonly reason: string;
}

/** What came of one test file. */
export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly TestFailure[];
  readonly skipped: readonly SkippedTest[];
  /** What the file wrote to its standard streams. */
  readonly output: string;
  readonly seconds: number;
}

type Outcome = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

/** Sums up the events of one file's run. A file in which no test ran has failed. */
export function fileResult(file: string, events: readonly TestEvent[], seconds: number): FileResult {
  const outcomes = events.filter((event) => isOutcome(event)).filter((event) => isTest(event, file));
  const skipped = outcomes.filter(({ data }) => isSkipped(data));
  const ran = outcomes.filter(({ data }) => !isSkipped(data));
  const failures = ran.filter((event) => event.type === 'test:fail').map(({ data }) => failureOf(data));
  const nothing = outcomes.length === 0 ? [{ name: file, details: 'no test ran in this file' }] : [];
  return {
    file,
    passed: ran.length - failures.length,
    failures: [...failures, ...nothing],
    skipped: skipped.map(({ data }) => ({ name: data.name, reason: reasonOf(data.skip ?? data.todo) })),
    output: events.map(outputOf).join(''),
    seconds,
  };
}

function isOutcome(event: TestEvent): event is Outcome {
  return event.type === 'test:pass' || event.type === 'test:fail';
}

/** Suites and parents that failed through a child add nothing; a file passes as a test of its own when it is empty. */
function isTest({ type, data }: Outcome, file: string): boolean {
  if (isSkipped(data)) return true;
  if (type === 'test:pass') return data.details.type !== 'suite' && !data.name.endsWith(file);
  return Reflect.get(Object(errorOf(data)), 'failureType') !== 'subtestsFailed';
}

function isSkipped(data: Outcome['data']): boolean {
  return (data.skip ?? false) !== false || (data.todo ?? false) !== false;
}

function reasonOf(word: string | boolean | undefined): string {
  return typeof word === 'string' ? word : 'no reason given';
}

function failureOf(data: Outcome['data']): TestFailure {
  const error = errorOf(data);
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const line = data.line === undefined ? '' : ` (line ${String(data.line)})`;
  return { name: `${data.name}${line}`, details: typeof cause === 'string' ? cause : inspect(cause, { depth: 4 }) };
}

function errorOf(data: Outcome['data']): unknown {
  return 'error' in data.details ? data.details.error : undefined;
}

function outputOf(event: TestEvent): string {
  return event.type === 'test:stdout' || event.type === 'test:stderr' ? event.data.message : '';
}
