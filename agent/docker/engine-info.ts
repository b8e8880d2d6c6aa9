import './skip-unused-packages.ts';
import { raceAbort } from '../common/abort.ts';
import { toDockerError } from './docker-error.ts';
import type { EngineAddress } from './engine-address.ts';

/** What an engine says about itself. */
export interface EngineInfo {
  readonly version: string;
  /** `1.51` */
  readonly apiVersion: string;
  readonly storageDriver: string;
  /** `1` or `2`; empty where the engine does not say. */
  readonly cgroupVersion: string;
  readonly cgroupDriver: string;
  /** Where images and containers lie, on the engine's host. */
  readonly rootDirectory: string;
  readonly os: string;
  /** `amd64`, as in images. */
  readonly architecture: string;
  readonly warnings: readonly string[];
  /** `insecure-registries` of its configuration. */
  readonly insecure: { readonly hosts: readonly string[]; readonly networks: readonly string[] };
}

interface InfoReply {
  readonly Driver?: string;
  readonly CgroupVersion?: string;
  readonly CgroupDriver?: string;
  readonly DockerRootDir?: string;
  readonly Warnings?: readonly string[] | null;
  readonly RegistryConfig?: {
    readonly IndexConfigs?: Readonly<Record<string, { readonly Secure?: boolean }>> | null;
    readonly InsecureRegistryCIDRs?: readonly string[] | null;
  } | null;
}

/**
 * Asks an engine about itself.
 * @throws {DockerError | EngineUnreachableError} the signal's reason after an abort
 */
export async function engineInfo(address: EngineAddress, signal: AbortSignal): Promise<EngineInfo> {
  const { default: Docker } = await import('dockerode');
  const docker = new Docker(address.options);
  try {
    const [version, info] = await raceAbort(Promise.all([docker.version(), docker.info()]), signal);
    return readInfo(version, info as InfoReply);
  } catch (error) {
    throw toDockerError(error, address.host);
  }
}

function readInfo(
  version: { Version: string; ApiVersion: string; Os: string; Arch: string },
  info: InfoReply,
): EngineInfo {
  const registries = Object.entries(info.RegistryConfig?.IndexConfigs ?? {});
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    storageDriver: info.Driver ?? '',
    cgroupVersion: info.CgroupVersion ?? '',
    cgroupDriver: info.CgroupDriver ?? '',
    rootDirectory: info.DockerRootDir ?? '',
    os: version.Os,
    architecture: version.Arch,
    warnings: info.Warnings ?? [],
    insecure: {
      hosts: registries.filter(([, { Secure }]) => Secure === false).map(([host]) => host),
      networks: info.RegistryConfig?.InsecureRegistryCIDRs ?? [],
    },
  };
}
