import { parseByteSize } from '../../common/byte-size.ts';
import { JobFailure } from '../../common/errors/job-failure.ts';
import type { DockerConfig } from '../../config/schema/docker.ts';
import type { VolumeSpec } from '../../spec/job-spec.ts';

type HostConfig = Record<string, unknown>;

/** What build, helper and service containers have in common: `[runners.docker]` in the engine's words. */
export function commonHostConfig(
  docker: DockerConfig,
  volumes: readonly VolumeSpec[],
  network: string | undefined,
): HostConfig {
  return {
    ...(network === undefined ? {} : { NetworkMode: network }),
    Binds: volumes.filter((volume) => volume.kind === 'bind').map((volume) => volume.text),
    Mounts: volumes.flatMap(managedMount),
    Dns: docker.dns,
    DnsSearch: docker.dns_search,
    ExtraHosts: docker.extra_hosts,
    Runtime: docker.runtime,
    UsernsMode: docker.userns_mode,
    RestartPolicy: { Name: 'no' },
    LogConfig: { Type: 'json-file', Config: docker.log_options },
    ...(docker.shm_size > 0 ? { ShmSize: docker.shm_size } : {}),
  };
}

/** What build and helper containers get on top. */
export function buildHostConfig(docker: DockerConfig): HostConfig {
  return {
    Privileged: docker.privileged,
    CapAdd: docker.cap_add,
    CapDrop: docker.cap_drop,
    SecurityOpt: docker.security_opt,
    GroupAdd: docker.group_add,
    Tmpfs: docker.tmpfs,
    Sysctls: docker.sysctls,
    VolumesFrom: docker.volumes_from,
    Links: docker.links,
    PidMode: docker.pid_mode,
    IpcMode: docker.ipcmode,
    ...resources({
      memory: docker.memory,
      memory_swap: docker.memory_swap,
      memory_reservation: docker.memory_reservation,
      cpus: docker.cpus,
    }),
    CpusetCpus: docker.cpuset_cpus,
    CpuShares: docker.cpu_shares,
  };
}

/** What services get on top. */
export function serviceHostConfig(docker: DockerConfig): HostConfig {
  return {
    Privileged: docker.services_privileged ?? docker.privileged,
    SecurityOpt: docker.services_security_opt,
    Tmpfs: docker.services_tmpfs,
    ...resources({
      memory: docker.service_memory,
      memory_swap: docker.service_memory_swap,
      memory_reservation: docker.service_memory_reservation,
      cpus: docker.service_cpus,
    }),
    CpusetCpus: docker.service_cpuset_cpus,
    CpuShares: docker.service_cpu_shares,
  };
}

interface ResourceTexts {
  readonly memory: string | undefined;
  readonly memory_swap: string | undefined;
  readonly memory_reservation: string | undefined;
  readonly cpus: string | undefined;
}

function resources(texts: ResourceTexts): HostConfig {
  return {
    Memory: bytes('memory', texts.memory),
    MemorySwap: bytes('memory_swap', texts.memory_swap),
    MemoryReservation: bytes('memory_reservation', texts.memory_reservation),
    NanoCpus: nanoCpus(texts.cpus),
  };
}

function bytes(key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const size = text.trim() === '-1' ? -1 : parseByteSize(text);
  if (size === undefined)
    throw new JobFailure(
      'runner_configuration_error',
      `${key} = "${text}" in [runners.docker] is no size such as 512m`,
    );
  return size;
}

function nanoCpus(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isFinite(count) || count < 0)
    throw new JobFailure('runner_system_failure', `cpus = "${text}" in [runners.docker] is no number such as 1.5`);
  return Math.round(count * 1e9);
}

function managedMount(volume: VolumeSpec): object[] {
  if (volume.kind !== 'managed') return [];
  return [
    {
      Type: 'volume',
      Source: volume.name,
      Target: volume.destination,
      VolumeOptions: { Labels: volume.labels },
    },
  ];
}
