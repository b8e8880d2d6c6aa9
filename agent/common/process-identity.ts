import { errorCode } from './errors/error-code.ts';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const identitySchema = z.object({
  pid: z.int().positive(),
  /** Clock ticks from boot to the start of the process; empty where the system does not tell. */
  start: z.string(),
  /** Which boot of which machine the pid belongs to; empty where the system does not tell. */
  boot: z.string(),
});

/** A process that a later one with the same pid is not mistaken for. */
export type ProcessIdentity = z.output<typeof identitySchema>;

/** This process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return identityOf(process.pid);
}

/** Reads what `JSON.stringify` of an identity gave; undefined for anything else. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    return identitySchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether that very process still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const current = await identityOf(identity.pid);
  if (current.start !== identity.start || current.boot !== identity.boot) return false;
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

async function identityOf(pid: number): Promise<ProcessIdentity> {
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
  ]);
  // The command name in brackets may hold blanks and brackets itself, so fields are counted from its end.
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return { pid, start, boot: boot.trim() };
}
