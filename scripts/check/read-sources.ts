import { glob, readFile } from 'node:fs/promises';
import type { SourceFile } from './source-rules.ts';

const FOLDERS = ['agent', 'protocol', 'coordinator-mock', 'scripts', 'bench', 'demo'];

/** Every source file below the working directory, tests aside. */
export async function readSources(): Promise<SourceFile[]> {
  const paths = (await Array.fromAsync(glob(FOLDERS.map((folder) => `${folder}/**/*.ts`)))).toSorted();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
}

/** Paths of everything in the source folders, folders among them. */
export async function listSourcePaths(): Promise<string[]> {
  return Array.fromAsync(glob([...FOLDERS, 'docs'].map((folder) => `${folder}/**`)));
}
