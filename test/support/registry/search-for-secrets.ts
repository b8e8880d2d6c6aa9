import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { docker } from '../engine.ts';
import type { RegistryPlace } from './registry-place.ts';

const LOOK_EVERY_MS = 100;

export interface SecretSearch {
  /** What was found where: `hunter2 in the argument list of 123`. */
  readonly found: readonly string[];
  /** How many containers and processes were looked at. */
  readonly containers: number;
  readonly processes: number;
}

/** Looks again and again, until the work is done, at every process's arguments and at what the engine tells of the jobs. */
export async function searchForSecrets(
  place: RegistryPlace,
  secrets: readonly string[],
  work: Promise<unknown>,
): Promise<SecretSearch> {
  const found = new Set<string>();
  const containers = new Set<string>();
  const processes = new Set<string>();
  const note = (text: string, where: string): void => {
    for (const secret of secrets) if (text.includes(secret)) found.add(`${secret} in the ${where}`);
  };
  const done = work.then(() => true);
  do {
    for (const [pid, text] of await argumentLists()) {
      processes.add(pid);
      note(text, `argument list of ${pid}`);
    }
    for (const [name, text] of await inspections(place.runner)) {
      containers.add(name);
      note(buildContainersOwn(name, text), `inspection of ${name}`);
    }
  } while (!(await Promise.race([done, delay(LOOK_EVERY_MS, false)])));
  return { found: [...found], containers: containers.size, processes: processes.size };
}

/** The build container is given the job's variables in its environment on purpose; nothing else of it may tell them. */
function buildContainersOwn(name: string, text: string): string {
  if (!name.endsWith('-build')) return text;
  const details = JSON.parse(text) as { Config: { Env?: unknown } };
  return JSON.stringify({ ...details, Config: { ...details.Config, Env: [] } });
}

async function argumentLists(): Promise<[pid: string, text: string][]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const texts = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(texts)).map((text, index) => [pids[index] ?? '', text]);
}

async function inspections(runner: string): Promise<[name: string, text: string][]> {
  const filter = `label=com.gitlab.gitlab-runner.runner.id=${runner}`;
  const names = (await docker('ps', '--all', '--filter', filter, '--format', '{{.Names}}')).split('\n');
  const inspected = names.map(async (name): Promise<[string, string][]> => {
    if (name === '') return [];
    // it may be gone by now
    return await docker('container', 'inspect', '--format', '{{json .}}', name).then(
      (text) => [[name, text]],
      () => [],
    );
  });
  return (await Promise.all(inspected)).flat();
}
