import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';
import packageJson from '../../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...(await Array.fromAsync(glob('docs/*.md', { cwd: ROOT }))),
];
const LINK = /\[[^\]]*\]\((?!https?:)(?<target>[^)#]+)[^)]*\)/g;
const CODE_PATH = /`(?<path>(?:agent|scripts|coordinator-mock|protocol|test|docs|demo|bench)\/[\w./-]+)`/g;
const NPM_RUN = /npm (?:run (?:--silent )?(?<script>[\w-]+)|(?<short>test))\b/g;

/** Pages about tests show how a test would be named. */
const isNoExample = ({ path }: { path?: string }): boolean => path?.endsWith('.test.ts') === false;

for (const page of PAGES) {
  describe(page, async () => {
    const text = await readFile(join(ROOT, page), 'utf8');
    const groups = (pattern: RegExp): Record<string, string | undefined>[] =>
      [...text.matchAll(pattern)].map((match) => match.groups ?? {});

    test('its links lead to files that exist', () => {
      for (const { target = '' } of groups(LINK)) {
        const path = join(ROOT, dirname(page), target);
        assert.ok(existsSync(path), `${page} links to ${target}: no ${relative(ROOT, path)}`);
      }
    });

    test('the files and folders that it names exist', () => {
      for (const { path = '' } of groups(CODE_PATH).filter(isNoExample))
        assert.ok(existsSync(join(ROOT, path)), `${page} names ${path}`);
    });

    test('the npm scripts that it names exist', () => {
      for (const { script, short } of groups(NPM_RUN)) {
        assert.ok(Object.hasOwn(packageJson.scripts, script ?? short ?? ''), `${page} names npm run ${script ?? ''}`);
      }
    });
  });
}
