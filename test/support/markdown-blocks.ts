import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface MarkdownBlock {
  readonly language: string;
  readonly text: string;
}

/** The fenced code blocks of a page in docs/, in order. */
export async function markdownBlocks(page: string): Promise<MarkdownBlock[]> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', page), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }));
}
