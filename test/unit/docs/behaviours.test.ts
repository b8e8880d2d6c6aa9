import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');
const SUPPORT = join(import.meta.dirname, '..', '..', 'support');
const LEAST_TESTED = 90;
const SHORTEST_REASON = 12;
/** `[file](../test/...): name`, several of them separated by `<br>`. */
const REFERENCE = /^\[[^\]]+\]\((?<path>\.\.\/test\/[^)]+)\): (?<name>.+)$/;
const NONE = /^none: (?<reason>.+)$/;
const TITLE = /\btest\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;

interface Row {
  readonly behaviour: string;
  readonly proof: string;
}

/** Rows of the page's tables, without their heads. */
function rowsOf(page: string): Row[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll(String.raw`\|`, '|')))
    .map(([, behaviour = '', proof = '']) => ({ behaviour, proof }))
    .filter(({ behaviour }) => behaviour !== 'behaviour');
}

/** As a title is compared: quotes and backslashes aside, so that a value looks the same in source and title. */
const plain = (text: string): string => text.replaceAll(/['"`\\]/g, '').replaceAll(/\s+/g, ' ');

/** Whether a test of this source can have the name: as it stands, in a table of cases, or put together from a template. */
function hasTest(source: string, name: string): boolean {
  const text = plain(source);
  for (const [, single, double, template] of source.matchAll(TITLE)) {
    const literal = single ?? double;
    if (literal !== undefined && plain(literal) === plain(name)) return true;
    if (template !== undefined && fits(template, name, text)) return true;
  }
  const cases = new RegExp(String.raw`['"]${RegExp.escape(name)}['"]`);
  return /\btest\(\s*[a-z]\w*/.test(source) && cases.test(source.replaceAll('\\', ''));
}

/** The words that stand in the place of `${...}` must occur in the source, so that not just any name fits. */
function fits(template: string, name: string, source: string): boolean {
  const pieces = template.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/).map((piece) => RegExp.escape(plain(piece)));
  const values = new RegExp(`^${pieces.join('(.*?)')}$`).exec(plain(name))?.slice(1);
  return values?.every((value) => (value.match(/\w+/g) ?? []).every((word) => source.includes(word))) === true;
}

async function hasScenarioJob(path: string, name: string): Promise<boolean> {
  const { jobs } = JSON.parse(await readFile(path, 'utf8')) as { jobs: object };
  return Object.hasOwn(jobs, name);
}

/** A test file, with what it takes from test/support/, directly or not: tables of cases may lie there. */
async function withSupport(file: string, seen: Set<string> = new Set()): Promise<string> {
  seen.add(file);
  const source = await readFile(file, 'utf8');
  const imported = [...source.matchAll(/from '(\.[^']*)'/g)].map(([, path = '']) => join(file, '..', path));
  const texts = [source];
  for (const path of imported)
    if (path.startsWith(SUPPORT) && !seen.has(path)) texts.push(await withSupport(path, seen));
  return texts.join('\n');
}

/** What is wrong with one reference of the page; undefined: nothing. */
async function problemOf(reference: string): Promise<string | undefined> {
  const { path, name } = REFERENCE.exec(reference)?.groups ?? {};
  if (path === undefined || name === undefined) return `not "[file](path): name": ${reference}`;
  const file = join(DOCS, path);
  if (!existsSync(file)) return `no such file: ${path}`;
  const found = path.endsWith('expected.json')
    ? await hasScenarioJob(file, name)
    : hasTest(await withSupport(file), name);
  return found ? undefined : `no test "${name}" in ${path}`;
}

describe('docs/behaviours.md', async () => {
  const rows = rowsOf(await readFile(join(DOCS, 'behaviours.md'), 'utf8'));
  const tested = rows.filter(({ proof }) => !proof.startsWith('none'));

  test('every test that it names exists', async () => {
    const references = tested.flatMap(({ proof }) => proof.split('<br>').map((text) => text.trim()));
    const problems = await Promise.all(references.map(problemOf));
    assert.deepEqual(
      problems.filter((problem) => problem !== undefined),
      [],
    );
  });

  test(`at least ${LEAST_TESTED} behaviours have a test`, () => {
    assert.ok(tested.length >= LEAST_TESTED, `${tested.length} have one`);
  });

  test('those without one have a reason', () => {
    for (const { behaviour, proof } of rows.filter((row) => !tested.includes(row)))
      assert.ok((NONE.exec(proof)?.groups?.['reason'] ?? '').length >= SHORTEST_REASON, `${behaviour}: ${proof}`);
  });

  test('none is there twice', () => {
    const names = rows.map(({ behaviour }) => behaviour);
    assert.deepEqual(names, [...new Set(names)]);
  });

  test('the numbers that it says are true', async () => {
    const page = await readFile(join(DOCS, 'behaviours.md'), 'utf8');
    assert.match(
      page,
      new RegExp(`\\b${tested.length} behaviours with a test, ${rows.length - tested.length} without`),
    );
  });
});

describe('a name that no test has', () => {
  const source = "test(`cancel, ${shell}: it ends`, () => {});\nfor (const shell of ['sh', 'bash']) {}";
  test('is noticed', () => {
    assert.ok(hasTest(source, 'cancel, sh: it ends'));
    assert.ok(!hasTest(source, 'cancel, zsh: it ends'));
    assert.ok(!hasTest(source, 'cancel, sh: it begins'));
  });
});
