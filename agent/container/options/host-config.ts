import type { DockerConfig } from '../../config/schema/docker.ts';
import { isAllowed } from '../../images/rules/check-image.ts';
import type { VolumeSpec } from '../../spec/job-spec.ts';
import { deviceMappings, serviceDevices } from './device-mappings.ts';
import { gpuRequests } from './gpu-requests.ts';
import { logConfig } from './log-config.ts';
import { managedMount } from './managed-mount.ts';
import { hasNameServer, nameOptions } from './network-options.ts';
import { refusedValue } from './refused-value.ts';
import { buildResources, serviceResources } from './resources.ts';
import { securityOptions } from './security-options.ts';

type HostConfig = Record<string, unknown>;

/**
 * What build, helper and service containers have in common: `[runners.docker]` in the engine's words.
 * @throws {JobFailure} as all functions here, for a value that nothing can be made of
 */
export function commonHostConfig(
  docker: DockerConfig,
  volumes: readonly VolumeSpec[],
  network: string | undefined,
): HostConfig {
  if (docker.isolation !== undefined && docker.isolation !== 'default')
    throw refusedValue('isolation', docker.isolation, 'default: no other isolation exists on Linux');
  return {
    ...(network === undefined ? {} : { NetworkMode: network }),
    Binds: volumes.filter((volume) => volume.kind === 'bind').map((volume) => volume.text),
    Mounts: volumes.flatMap((volume) => managedMount(docker, volume)),
    ...nameOptions(docker),
    Runtime: docker.runtime,
    UsernsMode: userNamespace(docker.userns_mode),
    RestartPolicy: { Name: 'no' },
    LogConfig: logConfig(docker.log_options),
    ...(docker.shm_size !== 0 ? { ShmSize: docker.shm_size } : {}),
  };
}

/** What build and helper containers get on top. `image`: the reference, for lists that grant privilege by image. */
export function buildHostConfig(docker: DockerConfig, image: string, network?: string): HostConfig {
  return {
    Privileged: docker.privileged && isAllowed(image, docker.allowed_privileged_images),
    CapAdd: docker.cap_add.map(capability),
    CapDrop: docker.cap_drop.map(capability),
    SecurityOpt: securityOptions('security_opt', docker.security_opt),
    GroupAdd: docker.group_add,
    Tmpfs: docker.tmpfs,
    Sysctls: docker.sysctls,
    VolumesFrom: docker.volumes_from,
    VolumeDriver: docker.volume_driver,
    ...(hasNameServer(network) ? {} : { Links: docker.links }),
    PidMode: processNamespace(docker.pid_mode),
    IpcMode: docker.ipcmode,
    Devices: deviceMappings('devices', docker.devices),
    DeviceCgroupRules: docker.device_cgroup_rules,
    DeviceRequests: gpuRequests('gpus', docker.gpus),
    ...buildResources(docker),
  };
}

/** Whether services of this image run privileged. */
export function isPrivilegedService(docker: DockerConfig, image: string): boolean {
  const privileged = docker.services_privileged ?? docker.privileged;
  return privileged && isAllowed(image, docker.allowed_privileged_services);
}

/** What services get on top. */
export function serviceHostConfig(docker: DockerConfig, image: string): HostConfig {
  return {
    Privileged: isPrivilegedService(docker, image),
    SecurityOpt: securityOptions('services_security_opt', docker.services_security_opt),
    Tmpfs: docker.services_tmpfs,
    Devices: serviceDevices(docker, image),
    DeviceRequests: gpuRequests('service_gpus', docker.service_gpus),
    ...serviceResources(docker),
  };
}

/** Older engines take any word, and do nothing for one that they do not know. */
function processNamespace(mode: string | undefined): string | undefined {
  if (mode === undefined || /^(?:host|private|container:.+)$/.test(mode)) return mode;
  throw refusedValue('pid_mode', mode, 'host or container:NAME', 'runner_configuration_error');
}

/** The Docker Engine takes any word, and does nothing for one that it does not know; Podman knows more. */
function userNamespace(mode: string | undefined): string | undefined {
  if (mode === undefined || /^(?:host|(?:private|auto|keep-id|nomap|ns|container)(?::.+)?)$/.test(mode)) return mode;
  throw refusedValue(
    'userns_mode',
    mode,
    'host (with Podman: auto, keep-id, nomap, private)',
    'runner_configuration_error',
  );
}

/** The engine takes all spellings and tells this one to whoever inspects. */
function capability(name: string): string {
  const upper = name.toUpperCase();
  return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
}
