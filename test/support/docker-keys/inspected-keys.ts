import { everywhere, notInServices, type KeySet } from './docker-key.ts';
import { ISOLATION_KEYS } from './isolation-keys.ts';

const MIB = 2 ** 20;

const resources: KeySet = {
  what: 'resources',
  rows: [
    {
      key: 'memory',
      config: 'memory = "96m"',
      path: 'HostConfig.Memory',
      shows: { ...notInServices(96 * MIB), service: 64 * MIB },
    },
    {
      key: 'memory_swap',
      config: 'memory_swap = "192M"',
      path: 'HostConfig.MemorySwap',
      shows: { ...notInServices(192 * MIB), service: -1 },
    },
    {
      key: 'memory_reservation',
      config: 'memory_reservation = "49152k"',
      path: 'HostConfig.MemoryReservation',
      shows: { ...notInServices(48 * MIB), service: 32 * MIB },
    },
    {
      key: 'cpus',
      config: 'cpus = "1.5"',
      path: 'HostConfig.NanoCpus',
      shows: { ...notInServices(1.5e9), service: 0.25e9 },
    },
    {
      key: 'cpuset_cpus',
      config: 'cpuset_cpus = "0"',
      path: 'HostConfig.CpusetCpus',
      shows: { ...notInServices('0'), service: '0-1' },
    },
    { key: 'cpuset_mems', config: 'cpuset_mems = "0"', path: 'HostConfig.CpusetMems', shows: notInServices('0') },
    {
      key: 'cpu_shares',
      config: 'cpu_shares = 512',
      path: 'HostConfig.CpuShares',
      shows: { ...notInServices(512), service: 256 },
    },
    { key: 'shm_size', config: 'shm_size = 33554432', path: 'HostConfig.ShmSize', shows: everywhere(32 * MIB) },
    {
      key: 'oom_score_adjust',
      config: 'oom_score_adjust = 150',
      path: 'HostConfig.OomScoreAdj',
      shows: notInServices(150),
    },
    {
      key: 'cgroup_parent',
      config: 'cgroup_parent = "/dockworker-test-keys"',
      path: 'HostConfig.CgroupParent',
      shows: { ...notInServices('/dockworker-test-keys'), service: '/dockworker-test-services' },
    },
    {
      key: 'ulimit',
      config: 'ulimit = { nofile = "1000:2000", core = "0" }',
      path: 'HostConfig.Ulimits',
      shows: notInServices([
        { Name: 'nofile', Soft: 1000, Hard: 2000 },
        { Name: 'core', Soft: 0, Hard: 0 },
      ]),
    },
    {
      key: 'service_memory',
      config: 'service_memory = "64m"',
      path: 'HostConfig.Memory',
      shows: { ...notInServices(96 * MIB), service: 64 * MIB },
    },
    {
      key: 'service_memory_swap',
      config: 'service_memory_swap = "-1"',
      path: 'HostConfig.MemorySwap',
      shows: { ...notInServices(192 * MIB), service: -1 },
    },
    {
      key: 'service_memory_reservation',
      config: 'service_memory_reservation = "32m"',
      path: 'HostConfig.MemoryReservation',
      shows: { ...notInServices(48 * MIB), service: 32 * MIB },
    },
    {
      key: 'service_cpus',
      config: 'service_cpus = "0.25"',
      path: 'HostConfig.NanoCpus',
      shows: { ...notInServices(1.5e9), service: 0.25e9 },
    },
    {
      key: 'service_cpuset_cpus',
      config: 'service_cpuset_cpus = "0-1"',
      path: 'HostConfig.CpusetCpus',
      shows: { ...notInServices('0'), service: '0-1' },
    },
    {
      key: 'service_cpu_shares',
      config: 'service_cpu_shares = 256',
      path: 'HostConfig.CpuShares',
      shows: { ...notInServices(512), service: 256 },
    },
    {
      key: 'service_cgroup_parent',
      config: 'service_cgroup_parent = "/dockworker-test-services"',
      path: 'HostConfig.CgroupParent',
      shows: { ...notInServices('/dockworker-test-keys'), service: '/dockworker-test-services' },
    },
  ],
};

const privilege = (what: string, config: string, shows: KeySet['rows'][number]['shows']): KeySet => ({
  what,
  rows: [{ key: config.replace(/^.*\n/s, '').replace(/ .*/s, ''), config, path: 'HostConfig.Privileged', shows }],
});

/** Every key whose effect `docker inspect` shows, with the containers that it is for. */
export const INSPECTED_KEYS: readonly KeySet[] = [
  resources,
  ISOLATION_KEYS,
  privilege('privileged', 'privileged = true', everywhere(true)),
  privilege('services_privileged on', 'services_privileged = true', { service: true }),
  privilege('services_privileged off', 'privileged = true\nservices_privileged = false', notInServices(true)),
  privilege('allowed_privileged_images', 'privileged = true\nallowed_privileged_images = ["gitbase:*", "other/**"]', {
    helper: true,
    service: true,
  }),
  privilege(
    'allowed_privileged_services',
    'privileged = true\nallowed_privileged_services = ["other/**"]',
    notInServices(true),
  ),
  {
    what: 'pid_mode',
    rows: [{ key: 'pid_mode', config: 'pid_mode = "host"', path: 'HostConfig.PidMode', shows: { build: 'host' } }],
  },
  {
    what: 'memory and its end',
    config: 'memory = "64m"',
    rows: [
      {
        key: 'oom_kill_disable',
        config: 'oom_kill_disable = true',
        path: 'HostConfig.OomKillDisable',
        shows: notInServices(true),
      },
    ],
  },
];
