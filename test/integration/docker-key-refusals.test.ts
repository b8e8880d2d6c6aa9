import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerTable } from '../support/docker-keys/docker-key.ts';
import { needsEngine } from '../support/engine.ts';
import { runScript } from '../support/engine-job.ts';

const CONFIGURATION = 'runner_configuration_error';
const SYSTEM = 'runner_system_failure';

/** Only the engine can judge these: its words, and the key. */
const ROWS: readonly (readonly [config: string, words: RegExp, key: string, reason: string])[] = [
  ['memory = "1m"', /minimum memory limit/i, 'memory', CONFIGURATION],
  ['memory = "64m"\nmemory_swap = "32m"', /memoryswap/i, 'memory_swap', CONFIGURATION],
  ['memory = "64m"\nmemory_reservation = "128m"', /reservation/i, 'memory_reservation', CONFIGURATION],
  ['cpus = "1000"', /range of CPUs/i, 'cpus', CONFIGURATION],
  ['cpuset_cpus = "999"', /999/, 'cpuset_cpus', CONFIGURATION],
  ['cpuset_mems = "999"', /999/, 'cpuset_mems', CONFIGURATION],
  ['shm_size = -1', /SHM size/i, 'shm_size', CONFIGURATION],
  ['cap_add = ["NO_SUCH"]', /CAP_NO_SUCH/, 'cap_add', CONFIGURATION],
  ['cap_drop = ["NO_SUCH"]', /CAP_NO_SUCH/, 'cap_drop', CONFIGURATION],
  ['security_opt = ["nonsense=1"]', /nonsense/, 'security_opt', CONFIGURATION],
  ['devices = ["/dev/no-such-device"]', /no-such-device/, 'devices', SYSTEM],
  ['gpus = "all"', /device driver|nvidia/i, 'gpus', SYSTEM],
  ['runtime = "no-such"', /no-such/, 'runtime', CONFIGURATION],
  ['ipcmode = "no-such"', /IPC mode/i, 'ipcmode', CONFIGURATION],
  ['pid_mode = "container:no-such"', /no-such/, 'pid_mode', CONFIGURATION],
  ['device_cgroup_rules = ["nonsense"]', /nonsense|device cgroup/, 'device_cgroup_rules', CONFIGURATION],
  ['cpu_shares = -5', /-5|shares/i, 'cpu_shares', CONFIGURATION],
  ['volumes = ["/x"]\nvolume_driver_ops = { nosuch = "1" }', /nosuch/, 'volume_driver_ops', CONFIGURATION],
  [
    'volumes = ["/x"]\nvolume_driver_ops = { type = "none", o = "bind", device = "/no/such" }',
    /no such file/,
    'volume_driver_ops',
    CONFIGURATION,
  ],
  ['volumes_from = ["no-such:wr"]', /wr/, 'volumes_from', CONFIGURATION],
  ['network_mode = "host"\nlinks = ["a:b"]', /links/, 'network_mode', CONFIGURATION],
  ['network_mode = "host"\nsysctls = { "net.ipv4.ip_forward" = "1" }', /net.ipv4.ip_forward/, 'sysctls', CONFIGURATION],
  ['sysctls = { "net.ipv4.no_such" = "1" }', /no_such/, 'sysctls', CONFIGURATION],
  ['tmpfs = { "/t" = "bogus" }', /bogus/, 'tmpfs', CONFIGURATION],
  ['tmpfs = { "relative" = "rw" }', /relative/, 'tmpfs', CONFIGURATION],
  ['volumes = ["/tmp:/x:O"]', /mode/i, 'volumes', CONFIGURATION],
  ['volumes = ["no/such:/x"]', /no\/such/, 'volumes', CONFIGURATION],
  ['volumes_from = ["no-such"]', /no-such/, 'volumes_from', CONFIGURATION],
  ['links = ["no-such:a"]', /no-such/, 'links', CONFIGURATION],
  ['network_mode = "container:no-such"', /no-such/, 'network_mode', CONFIGURATION],
];

describe('values of [runners.docker] that the engine refuses', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const [config, words, key, reason] of ROWS)
    test(config.replace('\n', '; '), { timeout: 30_000 }, async () => {
      const result = await runScript(['echo ran'], { docker: dockerTable(config) });
      assert.ok(result.failure instanceof Error);
      assert.match(result.failure.message, words);
      assert.match(result.failure.message, new RegExp(`: check (.*, )?${key}(, .*)? in \\[runners\\.docker\\]$`));
      assert.deepEqual([result.reason, result.trace.printed()], [reason, []]);
    });
});
