import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { SourceFile } from './source-rules.ts';

const lintConfig = z.object({ overrides: z.array(z.object({ files: z.array(z.string()) })) });

/** Folders of agent/ for which the linter knows no import directions. */
export async function findUnruledFolders(sources: readonly SourceFile[]): Promise<string[]> {
  const { overrides } = lintConfig.parse(JSON.parse(await readFile('.oxlintrc.json', 'utf8')));
  const ruled = new Set(overrides.flatMap(({ files }) => files));
  const folders = new Set(sources.flatMap(({ path }) => /^agent\/[^/]+(?=\/)/.exec(path) ?? []));
  return [...folders]
    .filter((folder) => !ruled.has(`${folder}/**/*.ts`))
    .map((folder) => `${folder}/: .oxlintrc.json has no import directions for it`);
}
