import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../common/errors/error-code.ts';

const FORM = /^[sr]_[0-9A-Za-z]{12}$/;
const LENGTH = 12;
const MACHINE_ID_FILE = '/etc/machine-id';

/** The id of this manager; `warning` when it could not be kept and the next start will have another one. */
export interface SystemId {
  readonly id: string;
  readonly warning: string | undefined;
}

/**
 * The id kept in `.runner_system_id` beside the config file. Made when there is none: from the machine's id (`s_`) or,
 * on a machine without one, at random (`r_`).
 */
export async function systemId(configPath: string, machineIdFile = MACHINE_ID_FILE): Promise<SystemId> {
  const file = join(dirname(configPath), '.runner_system_id');
  const kept = (await readText(file))?.trim() ?? '';
  if (FORM.test(kept)) return { id: kept, warning: undefined };
  const id = await newSystemId(machineIdFile);
  return { id, warning: await keep(file, id) };
}

async function newSystemId(machineIdFile: string): Promise<string> {
  const machineId = (await readText(machineIdFile))?.trim() ?? '';
  if (machineId === '') return `r_${randomBytes(LENGTH / 2).toString('hex')}`;
  // The machine's id is meant to stay on the machine; only a keyed digest of it leaves.
  return `s_${createHmac('sha256', machineId).update('dockworker').digest('hex').slice(0, LENGTH)}`;
}

async function keep(file: string, id: string): Promise<string | undefined> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, id, { mode: 0o600 });
    return undefined;
  } catch (error) {
    return `${file} cannot be written (${errorCode(error) ?? 'unknown error'}): without it this runner may appear as a new manager after each start`;
  }
}

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
