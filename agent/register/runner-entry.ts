import type { RunnerIdentity } from '#protocol/runner.ts';
import { isTable, type TomlTable } from '../config/check/parse-toml.ts';
import { tokenTimes } from './token-times.ts';

const DOCKER_DEFAULTS: TomlTable = {
  tls_verify: false,
  image: '',
  privileged: false,
  disable_entrypoint_overwrite: false,
  oom_kill_disable: false,
  disable_cache: false,
  volumes: [],
  shm_size: 0,
  network_mtu: 0,
};

/** The `[[runners]]` entry of a new runner, in the order in which it is written. */
export function runnerEntry(settings: TomlTable, url: string, identity: RunnerIdentity, now: Date): TomlTable {
  const { name, executor, docker, ...rest } = settings;
  return {
    name,
    url,
    id: identity.id,
    token: identity.token,
    ...tokenTimes(identity.token_expires_at, now),
    executor,
    ...rest,
    docker: dockerTable(isTable(docker) ? docker : {}),
  };
}

/** `[runners.docker]` with what the peer always writes. `/cache` becomes a volume unless one ends there or caching is off. */
export function dockerTable(docker: TomlTable): TomlTable {
  const table: TomlTable = { ...DOCKER_DEFAULTS, ...docker };
  const volumes = Array.isArray(table['volumes']) ? table['volumes'].map(String) : [];
  const wanted = table['disable_cache'] !== true && !volumes.some((volume) => volume.endsWith('/cache'));
  const all = wanted ? [...volumes, '/cache'] : volumes;
  if (all.length > 0) return { ...table, volumes: all };
  delete table['volumes'];
  return table;
}
