import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { debianMirror, findDebianMirror } from '../../../../scripts/engine/apt-mirror.ts';

const DEB822 = `Types: deb
# http://snapshot.example.org/archive/debian/20250520T000000Z
URIs: http://mirror.example.org/debian/
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror.example.org/debian-security
Suites: bookworm-security
Components: main
`;

describe('debianMirror', () => {
  test('reads a deb822 stanza, its comments and a trailing slash aside', () => {
    assert.equal(debianMirror(DEB822), 'http://mirror.example.org/debian');
  });

  test('reads a classic line with options', () => {
    assert.equal(
      debianMirror(
        '# deb http://old.example.org/debian x main\ndeb [arch=amd64] https://m.example.org/pub/debian sid main\n',
      ),
      'https://m.example.org/pub/debian',
    );
  });

  test('takes no archive of another vendor, no security archive and no source line', () => {
    const text = `deb https://packages.example.com/apt cloud main
deb-src http://m.example.org/debian sid main
deb http://m.example.org/debian-security sid main`;
    assert.equal(debianMirror(text), undefined);
  });

  test('passes over a disabled stanza and reads URIs that go on in the next line', () => {
    const text = `Types: deb
URIs: http://off.example.org/debian
Enabled: no

Types: deb
URIs: https://vendor.example.org/apt
  http://on.example.org/debian
`;
    assert.equal(debianMirror(text), 'http://on.example.org/debian');
  });
});

describe('findDebianMirror', () => {
  test('looks through all source files and falls back to the public mirror', async (t) => {
    const etcApt = await mkdtemp(join(tmpdir(), 'apt-'));
    t.after(() => rm(etcApt, { recursive: true }));
    assert.equal(await findDebianMirror(etcApt), 'http://deb.debian.org/debian');
    await mkdir(join(etcApt, 'sources.list.d'));
    await writeFile(join(etcApt, 'sources.list'), 'deb https://vendor.example.org/apt x main\n');
    await writeFile(join(etcApt, 'sources.list.d', 'debian.sources'), DEB822);
    await writeFile(join(etcApt, 'sources.list.d', 'a.list.save'), 'deb http://no.example.org/debian x main\n');
    assert.equal(await findDebianMirror(etcApt), 'http://mirror.example.org/debian');
  });
});
