import { basename, dirname } from 'node:path';

/** A file of the checkout: path relative to it, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const MAX_FILES_PER_FOLDER = 12;
const MAX_LOCAL_IMPORTS = 12;
/** Programs and commands: they put real parts together and hold no logic. */
const WIRING = /^(?:agent\/commands\/|scripts\/[^/]+$|bench\/main\.ts$)/;
const DRAWERS = /^(?:index|types?|utils?|helpers?|misc|constants)\.ts$/;

/** What is wrong with the sources that no linter rule says, one sentence each. */
export function findRuleBreaks(sources: readonly SourceFile[]): string[] {
  return [...crowdedFolders(sources), ...sources.flatMap(breaksOfFile)];
}

/** Unit tests that lie where no source folder has their path; `paths` are those of all sources and their folders. */
export function findStrayTests(tests: readonly string[], paths: readonly string[]): string[] {
  const known = new Set(paths);
  return tests
    .filter((test) => !known.has(dirname(test).replace(/^test\/unit\//, '')))
    .map((test) => `${test}: no source folder has this path; test/unit/ mirrors the sources`);
}

function crowdedFolders(sources: readonly SourceFile[]): string[] {
  const folders = Map.groupBy(sources, ({ path }) => dirname(path));
  return [...folders]
    .filter(([, files]) => files.length > MAX_FILES_PER_FOLDER)
    .map(([folder, files]) => `${folder}/: ${String(files.length)} files, at most ${String(MAX_FILES_PER_FOLDER)}`);
}

function breaksOfFile({ path, text }: SourceFile): string[] {
  const breaks: string[] = [];
  const imports = localImports(text);
  if (imports > MAX_LOCAL_IMPORTS && !WIRING.test(path)) {
    breaks.push(`${path}: ${String(imports)} local imports, at most ${String(MAX_LOCAL_IMPORTS)}`);
  }
  if (DRAWERS.test(basename(path))) breaks.push(`${path}: name the file after what it holds, not a drawer`);
  if (/^export (?:type )?(?:\*|\{[^}]*\}) from /m.test(text)) breaks.push(`${path}: re-exports; import from the owner`);
  if (/^(?:export )?(?:let|var) /m.test(text)) breaks.push(`${path}: mutable state at module level`);
  if (/\/[/*]\s*oxlint-disable.*max-lines/.test(text)) breaks.push(`${path}: the size limits have no exemptions`);
  return breaks;
}

/** Files of ours that a file needs when it runs; a type import is gone by then. */
function localImports(text: string): number {
  const statements = text.match(/^import (?!type )[^;]*?'(?:\.|#)[^']*';/gm) ?? [];
  return new Set(statements.map((statement) => statement.slice(statement.lastIndexOf("'", statement.length - 3)))).size;
}
