import { glob } from 'node:fs/promises';
import { relative } from 'node:path';

/** Test files in the order they run: `unit` needs nothing, `real` needs an engine. Paths relative to the checkout. */
export interface TestFiles {
  readonly unit: readonly string[];
  readonly real: readonly string[];
}

export interface TestSelection {
  /** Parts of paths; a file is taken when it contains one of them. None: every file. */
  readonly filters: readonly string[];
  /** Only the smoke set: one job of each kind. */
  readonly smoke: boolean;
}

/** Finds the test files below the working directory. */
export async function findTestFiles(selection: TestSelection): Promise<TestFiles> {
  const pattern = selection.smoke ? 'test/e2e/smoke/**/*.test.ts' : 'test/**/*.test.ts';
  return selectTestFiles(await Array.fromAsync(glob(pattern)), selection.filters);
}

/** Sorts the paths, keeps those that a filter names and parts them by what they need. */
export function selectTestFiles(paths: readonly string[], filters: readonly string[]): TestFiles {
  const wanted = filters.map((filter) => (filter.startsWith('/') ? relative('.', filter) : filter));
  const files = paths
    .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part.replace(/^\.\//, ''))))
    .toSorted();
  return { unit: files.filter(isUnit), real: files.filter((path) => !isUnit(path)) };
}

function isUnit(path: string): boolean {
  return path.startsWith('test/unit/');
}
