import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { runCommand } from '../common/run-command.ts';

const BUSYBOX = '/bin/busybox';
const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n';
const GROUP = 'root:x:0:\nnogroup:x:65534:\n';

/** Writes a root file system of static busybox with all its applets as a tar archive. */
export async function writeBusyboxRoot(archive: string): Promise<void> {
  const [program, applets] = await Promise.all([readFile(BUSYBOX), runCommand(BUSYBOX, ['--list'])]);
  const tar = pack();
  const written = pipeline(tar, createWriteStream(archive));
  for (const name of ['bin', 'etc', 'root', 'usr', 'usr/bin', 'var'])
    tar.entry({ name, type: 'directory', mode: 0o755 });
  for (const name of ['tmp', 'var/tmp']) tar.entry({ name, type: 'directory', mode: 0o1777 });
  tar.entry({ name: 'etc/passwd', mode: 0o644 }, PASSWD);
  tar.entry({ name: 'etc/group', mode: 0o644 }, GROUP);
  tar.entry({ name: 'bin/busybox', mode: 0o755 }, program);
  tar.entry({ name: 'usr/bin/env', type: 'symlink', linkname: '/bin/busybox' });
  for (const applet of applets.trim().split('\n')) {
    if (applet !== 'busybox') tar.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox' });
  }
  tar.finalize();
  await written;
}
