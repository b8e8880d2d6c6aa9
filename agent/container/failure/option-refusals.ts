import { JobFailure } from '../../common/errors/job-failure.ts';
import type { DockerError } from '../../docker/docker-error.ts';

interface OptionRefusal {
  /** Finds the engine's own words. */
  readonly pattern: RegExp;
  /** Of [runners.docker]; the engine does not name them. */
  readonly keys: string;
  readonly reason?: JobFailure['reason'];
}

/** What only the engine can judge about a value of the configuration. */
const OPTION_REFUSALS: readonly OptionRefusal[] = [
  { pattern: /invalid runtime name|unknown runtime/i, keys: 'runtime' },
  { pattern: /invalid CapAdd/, keys: 'cap_add' },
  { pattern: /invalid CapDrop/, keys: 'cap_drop' },
  { pattern: /memory ?swap/i, keys: 'memory_swap, service_memory_swap' },
  { pattern: /memory reservation/i, keys: 'memory_reservation, service_memory_reservation' },
  { pattern: /minimum memory limit/i, keys: 'memory, service_memory' },
  { pattern: /SHM size/i, keys: 'shm_size' },
  { pattern: /range of CPUs/i, keys: 'cpus, service_cpus' },
  { pattern: /CPU shares|shares: invalid argument/i, keys: 'cpu_shares, service_cpu_shares' },
  { pattern: /requested CPUs|cpuset cpus/i, keys: 'cpuset_cpus, service_cpuset_cpus' },
  { pattern: /requested memory nodes|cpuset mems/i, keys: 'cpuset_mems' },
  { pattern: /cgroup.?parent/i, keys: 'cgroup_parent, service_cgroup_parent' },
  {
    pattern: /gathering device information|adding custom device/,
    keys: 'devices, services_devices',
    reason: 'runner_system_failure',
  },
  { pattern: /select device driver|device request/, keys: 'gpus, service_gpus', reason: 'runner_system_failure' },
  { pattern: /invalid device cgroup rule/i, keys: 'device_cgroup_rules' },
  { pattern: /PID mode/i, keys: 'pid_mode' },
  { pattern: /IPC mode/i, keys: 'ipcmode' },
  { pattern: /USER mode|user ?namespace/i, keys: 'userns_mode' },
  { pattern: /security-opt|seccomp|apparmor/i, keys: 'security_opt, services_security_opt' },
  { pattern: /sysctl|\/proc\/sys\//i, keys: 'sysctls' },
  { pattern: /tmpfs|invalid mount path/i, keys: 'tmpfs, services_tmpfs' },
  { pattern: /joining network namespace|conflicting options|network mode/i, keys: 'network_mode' },
  { pattern: /MAC.?address/i, keys: 'mac_address' },
  { pattern: /could not get container for|cannot link to/i, keys: 'links' },
  {
    pattern:
      /invalid mode|not a shared(?: or slave)? mount|invalid volume spec|invalid characters for a local volume name/i,
    keys: 'volumes, volumes_from',
  },
  { pattern: /volume driver|volumedriver|plugin ".*" not found/i, keys: 'volume_driver' },
  {
    pattern: /mount local volume|: invalid option: |missing required option/i,
    keys: 'volume_driver, volume_driver_ops',
  },
  // a container of the job itself is named by its id
  { pattern: /No such container: (?![0-9a-f]{12,64}\b)/, keys: 'volumes_from, network_mode, pid_mode, ipcmode' },
];

/** The job's failure for a value of the configuration that the engine refuses, with the keys that it may have. */
export function optionRefusal(error: DockerError, what: string): JobFailure | undefined {
  const refusal = OPTION_REFUSALS.find(({ pattern }) => pattern.test(error.message));
  if (refusal === undefined) return undefined;
  const sentence = `the engine could not ${what}: ${error.message}: check ${refusal.keys} in [runners.docker]`;
  return new JobFailure(refusal.reason ?? 'runner_configuration_error', sentence, { cause: error });
}
