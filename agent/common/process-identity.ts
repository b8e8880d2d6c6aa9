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
  if (isZombie(await statOf(identity.pid))) return false;
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

async function identityOf(pid: number): Promise<ProcessIdentity> {
  const [stat, boot] = await Promise.all([
    statOf(pid),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
  ]);
  return { pid, start: stat[19] ?? '', boot: boot.trim() };
}

/** What the system tells of a process from its state on. The command name before it may hold blanks and brackets itself. */
async function statOf(pid: number): Promise<readonly string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Killed, but not yet taken note of by its parent: it holds nothing any more. */
const isZombie = ([state]: readonly string[]): boolean => state === 'Z' || state === 'X';
