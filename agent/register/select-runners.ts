import { isTable, parseToml, type TomlTable } from '../config/check/parse-toml.ts';
import { loadConfig } from '../config/load-config.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';

/** One `[[runners]]` entry: as it is used, and as it is written (`$NAME` not replaced), to find it again in the file. */
export interface SelectedRunner {
  readonly runner: RunnerConfig;
  readonly written: RunnerConfig;
}

/** Which entries are meant; what is not said does not count. */
export interface RunnerFilter {
  readonly name?: string | undefined;
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

/** The entries of a config file that a filter names. Throws ConfigError. */
export async function selectRunners(configPath: string, filter: RunnerFilter): Promise<SelectedRunner[]> {
  const { config: used } = await loadConfig(configPath, process.env);
  const { config: asWritten } = await loadConfig(configPath, undefined);
  return used.runners.flatMap((runner, index) => {
    const written = asWritten.runners[index];
    return written !== undefined && matches(runner, filter) ? [{ runner, written }] : [];
  });
}

function matches(runner: RunnerConfig, { name, url, token }: RunnerFilter): boolean {
  return (
    (name === undefined || runner.name === name) &&
    (url === undefined || sameUrl(runner.url, url)) &&
    (token === undefined || runner.token === token)
  );
}

function sameUrl(one: string, other: string): boolean {
  return plainUrl(one) === plainUrl(other);
}

function plainUrl(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/ci$/, '').replace(/\/+$/, '');
}

/** Where an entry stands in a config text by now; undefined when it is gone or changed. */
export function findEntry(text: string, { name, url, token }: RunnerConfig): number | undefined {
  const { runners } = parseToml(text).values;
  const entries: TomlTable[] = Array.isArray(runners) ? runners.filter(isTable) : [];
  const index = entries.findIndex(
    (entry) => (entry['name'] ?? '') === name && entry['url'] === url && entry['token'] === token,
  );
  return index === -1 ? undefined : index;
}
