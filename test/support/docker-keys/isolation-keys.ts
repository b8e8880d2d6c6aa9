import { everywhere, notInServices, type KeySet } from './docker-key.ts';

const RULE = 'c 1:5 rwm';
const LABELS = 'com.gitlab.gitlab-runner.';

/** What keeps containers apart, or joins them. */
export const ISOLATION_KEYS: KeySet = {
  what: 'devices, capabilities and namespaces',
  rows: [
    {
      key: 'devices',
      config: 'devices = ["/dev/null:/dev/keynull:rw", "/dev/zero"]',
      path: 'HostConfig.Devices',
      shows: {
        ...notInServices([device('/dev/null', '/dev/keynull', 'rw'), device('/dev/zero', '/dev/zero', 'rwm')]),
        service: [device('/dev/full', '/dev/keyfull', 'r')],
      },
    },
    {
      key: 'services_devices',
      config: 'services_devices = { "busybox:*" = ["/dev/full:/dev/keyfull:r"], "other/**" = ["/dev/tty"] }',
      path: 'HostConfig.Devices',
      shows: {
        ...notInServices([device('/dev/null', '/dev/keynull', 'rw'), device('/dev/zero', '/dev/zero', 'rwm')]),
        service: [device('/dev/full', '/dev/keyfull', 'r')],
      },
    },
    {
      key: 'device_cgroup_rules',
      config: `device_cgroup_rules = ["${RULE}"]`,
      path: 'HostConfig.DeviceCgroupRules',
      shows: notInServices([RULE]),
    },
    {
      key: 'cap_add',
      config: 'cap_add = ["net_admin", "CAP_SYS_PTRACE"]',
      path: 'HostConfig.CapAdd',
      shows: notInServices(['CAP_NET_ADMIN', 'CAP_SYS_PTRACE']),
    },
    {
      key: 'cap_drop',
      config: 'cap_drop = ["MKNOD"]',
      path: 'HostConfig.CapDrop',
      shows: notInServices(['CAP_MKNOD']),
    },
    {
      key: 'security_opt',
      config: 'security_opt = ["no-new-privileges:true"]',
      path: 'HostConfig.SecurityOpt',
      shows: { ...notInServices(['no-new-privileges:true']), service: ['seccomp=unconfined'] },
    },
    {
      key: 'services_security_opt',
      config: 'services_security_opt = ["seccomp=unconfined"]',
      path: 'HostConfig.SecurityOpt',
      shows: { ...notInServices(['no-new-privileges:true']), service: ['seccomp=unconfined'] },
    },
    { key: 'group_add', config: 'group_add = ["4000"]', path: 'HostConfig.GroupAdd', shows: notInServices(['4000']) },
    { key: 'user', config: 'user = "nobody"', path: 'Config.User', shows: { build: 'nobody', helper: '0:0' } },
    {
      key: 'ipcmode',
      config: 'ipcmode = "shareable"',
      path: 'HostConfig.IpcMode',
      shows: { ...notInServices('shareable'), service: 'private' },
    },
    { key: 'userns_mode', config: 'userns_mode = "host"', path: 'HostConfig.UsernsMode', shows: everywhere('host') },
    { key: 'runtime', config: 'runtime = "runc"', path: 'HostConfig.Runtime', shows: everywhere('runc') },
    { key: 'isolation', config: 'isolation = "default"', path: 'HostConfig.Isolation', shows: {} },
    {
      key: 'sysctls',
      config: 'sysctls = { "net.ipv4.ip_local_port_range" = "40000 41000" }',
      path: 'HostConfig.Sysctls',
      shows: notInServices({ 'net.ipv4.ip_local_port_range': '40000 41000' }),
    },
    {
      key: 'tmpfs',
      config: 'tmpfs = { "/keytmp" = "rw,noexec,size=1m" }',
      path: 'HostConfig.Tmpfs',
      shows: { ...notInServices({ '/keytmp': 'rw,noexec,size=1m' }), service: { '/keyservice': 'rw,size=2m' } },
    },
    {
      key: 'services_tmpfs',
      config: 'services_tmpfs = { "/keyservice" = "rw,size=2m" }',
      path: 'HostConfig.Tmpfs',
      shows: { ...notInServices({ '/keytmp': 'rw,noexec,size=1m' }), service: { '/keyservice': 'rw,size=2m' } },
    },
    {
      key: 'dns',
      config: 'dns = ["10.11.12.13", "fd00::53"]',
      path: 'HostConfig.Dns',
      shows: everywhere(['10.11.12.13', 'fd00::53']),
    },
    {
      key: 'dns_search',
      config: 'dns_search = ["key.example"]',
      path: 'HostConfig.DnsSearch',
      shows: everywhere(['key.example']),
    },
    {
      key: 'extra_hosts',
      config: 'extra_hosts = ["key.example:10.9.8.7", "me:host-gateway", "six:fd00::7"]',
      path: 'HostConfig.ExtraHosts',
      shows: everywhere(['key.example:10.9.8.7', 'me:host-gateway', 'six:fd00::7']),
    },
    {
      key: 'log_options',
      config: 'log_options = { env = "CI_JOB_ID", labels = "keylabel" }',
      path: 'HostConfig.LogConfig',
      shows: everywhere({ Type: 'json-file', Config: { env: 'CI_JOB_ID', labels: 'keylabel' } }),
    },
    {
      key: 'container_labels',
      config: 'container_labels = { keylabel = "of $CI_JOB_ID" }',
      path: 'Config.Labels.keylabel',
      shows: everywhere('of 4711'),
    },
    { key: 'container_labels', config: '', path: `Config.Labels.${LABELS}keylabel`, shows: { service: 'of 4711' } },
  ],
};

function device(host: string, inside: string, rights: string): object {
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: rights };
}
