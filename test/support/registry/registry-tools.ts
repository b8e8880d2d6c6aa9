import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { needsEngine } from '../engine.ts';

/** What the tests on real registries need beside the engine: program and Debian package. */
const TOOLS = [
  ['docker-registry', 'docker-registry'],
  ['openssl', 'openssl'],
  ['perl', 'perl'],
  ['curl', 'curl'],
] as const;
const STORE_TOOLS = [
  ['docker-credential-pass', 'golang-docker-credential-helpers'],
  ['pass', 'pass'],
  ['gpg', 'gnupg'],
] as const;

/** For `test(name, { skip: needsRegistry() }, ...)`: false, or the reason why no registry can be started here. */
export function needsRegistry(): false | string {
  return needsEngine() || missing(TOOLS);
}

/** The same for a test that keeps credentials in `pass`. */
export function needsPassStore(): false | string {
  return needsRegistry() || missing(STORE_TOOLS);
}

function missing(tools: readonly (readonly [string, string])[]): false | string {
  const absent = tools.filter(([program]) => !isOnPath(program));
  if (absent.length === 0) return false;
  return `apt-get install ${absent.map(([, debianPackage]) => debianPackage).join(' ')}`;
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
