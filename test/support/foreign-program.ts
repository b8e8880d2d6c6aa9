import { readFile } from 'node:fs/promises';
import { docker } from './engine.ts';
import { tempDir } from './temp-dir.ts';

/** Offset of e_machine in an ELF header, and its value for 64-bit ARM. */
const MACHINE_AT = 18;
const AARCH64 = 0xb7;

/** busybox with a header that says that it is for 64-bit ARM. */
export async function foreignProgram(): Promise<Buffer> {
  await using folder = await tempDir();
  const file = folder.file('busybox');
  const made = await docker('create', 'busybox:latest');
  try {
    await docker('cp', `${made}:/bin/busybox`, file);
  } finally {
    await docker('rm', made);
  }
  const program = await readFile(file);
  program.writeUInt16LE(AARCH64, MACHINE_AT);
  return program;
}
