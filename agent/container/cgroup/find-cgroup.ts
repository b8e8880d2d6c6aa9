import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the kernel keeps the figures of one container. */
export interface CgroupFolders {
  readonly version: 1 | 2;
  /** Holds `memory.*`. */
  readonly memory: string;
  /** Holds `cpuacct.usage` (v1) or `cpu.stat` (v2). */
  readonly cpu: string;
}

/** `id`: the container's whole id. `parent`: the cgroup_parent that its engine was given. `root`: where cgroups are mounted. */
export interface CgroupPlace {
  readonly id: string;
  readonly parent?: string | undefined;
  readonly root?: string;
}

/**
 * The cgroup of a running container; undefined when it has none on this host: its engine is elsewhere, hides its
 * cgroups, or the container has ended. Both drivers of the engine (cgroupfs, systemd) and both versions.
 */
export function findCgroup({ id, parent, root = '/sys/fs/cgroup' }: CgroupPlace): CgroupFolders | undefined {
  const folders = [
    ...(parent === undefined ? [] : below(parent, id)),
    `docker/${id}`,
    `system.slice/docker-${id}.scope`,
  ];
  const find = (controller: string): string | undefined =>
    folders.map((folder) => join(root, controller, folder)).find((path) => existsSync(path));
  const memory = find('memory');
  if (memory !== undefined) return { version: 1, memory, cpu: find('cpuacct') ?? find('cpu,cpuacct') ?? memory };
  const unified = existsSync(join(root, 'cgroup.controllers')) ? find('') : undefined;
  return unified === undefined ? undefined : { version: 2, memory: unified, cpu: unified };
}

/** A slice lies within those that its name is made of: `a-b.slice` in `a.slice`. */
function below(parent: string, id: string): string[] {
  if (!parent.endsWith('.slice')) return [join(parent, id)];
  const words = parent.slice(0, -'.slice'.length).split('-');
  const slices = words.map((_, index) => `${words.slice(0, index + 1).join('-')}.slice`);
  return [join(...slices, `docker-${id}.scope`)];
}
