import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROW = /^\| `([\w.-]+)` \| .* \| ([^|]+) \|$/gm;

/** One row of the table in docs/labels.md: a key, and the objects that have it. */
export interface LabelRow {
  readonly key: string;
  readonly on: string;
}

export async function labelTable(): Promise<LabelRow[]> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'labels.md'), 'utf8');
  return [...text.matchAll(ROW)].map(([, key = '', on = '']) => ({ key, on }));
}
