import type { DockerConfig } from '../../config/schema/docker.ts';
import type { VolumeSpec } from '../../spec/job-spec.ts';

const DEFAULT_DRIVER = 'local';

/** The mount that makes a managed volume, with its labels, when the engine does not have it yet. None for a bind. */
export function managedMount(docker: DockerConfig, volume: VolumeSpec): object[] {
  if (volume.kind !== 'managed') return [];
  const { volume_driver: driver, volume_driver_ops: options } = docker;
  const chosen = driver !== undefined || Object.keys(options).length > 0;
  const driverConfig = chosen ? { DriverConfig: { Name: driver ?? DEFAULT_DRIVER, Options: options } } : {};
  return [
    {
      Type: 'volume',
      Source: volume.name,
      Target: volume.destination,
      VolumeOptions: { Labels: volume.labels, ...driverConfig },
    },
  ];
}
