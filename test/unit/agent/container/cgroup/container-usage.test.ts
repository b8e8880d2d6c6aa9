import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readUsage, type ContainerUsage } from '../../../../../agent/container/cgroup/container-usage.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

const ID = 'c0ffee'.repeat(10) + 'c0ff';
type Files = Readonly<Record<string, string>>;

/** What is read of a container from a tree of cgroup files. */
async function usageOf(files: Files, parent?: string): Promise<ContainerUsage | undefined> {
  await using root = await tempDir();
  for (const [file, content] of Object.entries(files)) {
    const path = root.file(file);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content);
  }
  return readUsage({ id: ID, parent, root: root.file('.') });
}

const version1 = (folder: string): Files => ({
  [`memory/${folder}/memory.max_usage_in_bytes`]: '67108864\n',
  [`memory/${folder}/memory.limit_in_bytes`]: '134217728\n',
  [`memory/${folder}/memory.oom_control`]: 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
  [`cpuacct/${folder}/cpuacct.usage`]: '825223336\n',
});
const version2 = (folder: string): Files => ({
  'cgroup.controllers': 'cpu memory\n',
  [`${folder}/memory.peak`]: '67108864\n',
  [`${folder}/memory.max`]: '134217728\n',
  [`${folder}/memory.events`]: 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 2\noom_group_kill 0\n',
  [`${folder}/cpu.stat`]: 'usage_usec 1500000\nuser_usec 1\nsystem_usec 2\n',
});
const used = (cpuSeconds: number): ContainerUsage => ({
  memoryPeak: 67_108_864,
  memoryLimit: 134_217_728,
  oomKills: 2,
  cpuSeconds,
});

describe('readUsage', () => {
  const folders: readonly (readonly [what: string, folder: string, parent?: string])[] = [
    ['cgroupfs', `docker/${ID}`],
    ['systemd', `system.slice/docker-${ID}.scope`],
    ['cgroupfs, own parent', `ci/jobs/${ID}`, '/ci/jobs'],
    ['systemd, own parent', `ci.slice/ci-jobs.slice/docker-${ID}.scope`, 'ci-jobs.slice'],
  ];
  for (const [what, folder, parent] of folders) {
    test(`version 1, ${what}`, async () =>
      assert.deepEqual(await usageOf(version1(folder), parent), used(0.825223336)));
    test(`version 2, ${what}`, async () => assert.deepEqual(await usageOf(version2(folder), parent), used(1.5)));
  }

  test('no limit, and a kernel that does not keep the peak', async () => {
    const { [`docker/${ID}/memory.peak`]: _, ...files } = version2(`docker/${ID}`);
    const usage = await usageOf({ ...files, [`docker/${ID}/memory.max`]: 'max\n' });
    assert.deepEqual([usage?.memoryPeak, usage?.memoryLimit], [undefined, undefined]);
    const one = await usageOf({
      ...version1(`docker/${ID}`),
      [`memory/docker/${ID}/memory.limit_in_bytes`]: '9223372036854771712\n',
    });
    assert.equal(one?.memoryLimit, undefined);
  });

  test('cpu and cpuacct under one mount', async () => {
    const { [`cpuacct/docker/${ID}/cpuacct.usage`]: cpu, ...files } = version1(`docker/${ID}`);
    const usage = await usageOf({ ...files, [`cpu,cpuacct/docker/${ID}/cpuacct.usage`]: cpu ?? '' });
    assert.equal(usage?.cpuSeconds, 0.825223336);
  });

  test('a container that is not on this host', async () => {
    assert.equal(await usageOf(version1('docker/other')), undefined);
    assert.equal(await usageOf(version2('docker/other')), undefined);
    assert.equal(readUsage({ id: ID, root: '/nonexistent' }), undefined);
  });
});
