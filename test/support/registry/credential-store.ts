import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './accounts.ts';

const run = promisify(execFile);

/** `pass` with a key and a home of its own; disposing it ends gpg's agent. */
export interface PassStore extends AsyncDisposable {
  /** What `docker-credential-pass` needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Keeps the accounts, by their servers, in a new `pass` in `home`. */
export async function makePassStore(home: string, accounts: Readonly<Record<string, Account>>): Promise<PassStore> {
  const gpgHome = join(home, '.gnupg');
  const env = { HOME: home, GNUPGHOME: gpgHome };
  const options = { env: { PATH: process.env['PATH'], ...env } };
  await mkdir(gpgHome, { mode: 0o700 });
  const keyArgs = ['--quick-gen-key', 'ci@example.com', 'default', 'default', 'never'];
  await run('gpg', ['--batch', '--passphrase', '', ...keyArgs], options);
  await run('pass', ['init', 'ci@example.com'], options);
  for (const [server, { username, password }] of Object.entries(accounts)) {
    const storing = run('docker-credential-pass', ['store'], options);
    storing.child.stdin?.end(JSON.stringify({ ServerURL: server, Username: username, Secret: password }));
    await storing;
  }
  return { env, [Symbol.asyncDispose]: async () => void (await run('gpgconf', ['--kill', 'all'], options)) };
}

/** Writes `docker-credential-NAME` into the folder: it knows one account for every server that it is asked for. */
export async function writeHelper(folder: string, name: string, { username, password }: Account): Promise<void> {
  const path = join(folder, `docker-credential-${name}`);
  const answer = JSON.stringify({ ServerURL: 'x', Username: username, Secret: password });
  await writeFile(path, `#!/bin/sh\nread -r server\nprintf '%s' '${answer}'\n`);
  await chmod(path, 0o755);
}
