import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const DEFAULT_MIRROR = 'http://deb.debian.org/debian';

/** The Debian mirror that this machine's own apt uses; Debian's public one when none is written down. */
export async function findDebianMirror(etcApt = '/etc/apt'): Promise<string> {
  for (const file of await sourceFiles(etcApt)) {
    const mirror = debianMirror(await readFile(file, 'utf8'));
    if (mirror !== undefined) return mirror;
  }
  return DEFAULT_MIRROR;
}

/** The first Debian archive named in one apt sources text, classic or deb822; other vendors' archives do not count. */
export function debianMirror(text: string): string | undefined {
  return [...classicUris(text), ...deb822Uris(text)].find(isDebianArchive)?.replace(/\/+$/, '');
}

async function sourceFiles(etcApt: string): Promise<string[]> {
  const parts = join(etcApt, 'sources.list.d');
  const names = await readdir(parts).catch((): string[] => []);
  const files = names.filter((name) => /\.(?:list|sources)$/.test(name)).toSorted();
  const main = await readdir(etcApt).then((entries) => entries.includes('sources.list'));
  return [...(main ? [join(etcApt, 'sources.list')] : []), ...files.map((name) => join(parts, name))];
}

function classicUris(text: string): string[] {
  return [...text.matchAll(/^[ \t]*deb[ \t]+(?:\[[^\]]*\][ \t]+)?(\S+)/gm)].map(([, uri]) => uri ?? '');
}

function deb822Uris(text: string): string[] {
  const stanzas = text.replace(/^#.*\n?/gm, '').split(/\n[ \t]*\n/);
  return stanzas
    .filter((stanza) => !/^Enabled:[ \t]*(?:no|false|off|0)[ \t]*$/im.test(stanza))
    .flatMap((stanza) => /^URIs:((?:[^\n]|\n[ \t])*)/im.exec(stanza)?.[1]?.trim().split(/\s+/) ?? []);
}

function isDebianArchive(uri: string): boolean {
  return /^https?:\/\/[^/]+(?:\/.*)?\/debian\/*$/.test(uri);
}
