import type { ContainerInspectInfo, ImageInspectInfo } from 'dockerode';
import type { ContainerDetails, ImageDetails } from './docker-client.ts';

export function imageDetails(reply: ImageInspectInfo): ImageDetails {
  const config = reply.Config as Partial<ImageInspectInfo['Config']> | undefined;
  const entrypoint = config?.Entrypoint ?? [];
  return {
    id: reply.Id,
    digests: reply.RepoDigests ?? [],
    os: reply.Os,
    architecture: reply.Architecture,
    user: config?.User ?? '',
    env: config?.Env ?? [],
    entrypoint: typeof entrypoint === 'string' ? [entrypoint] : entrypoint,
    tcpPorts: tcpPorts(Object.keys(config?.ExposedPorts ?? {})),
  };
}

export function containerDetails(reply: ContainerInspectInfo): ContainerDetails {
  const networks = Object.values(reply.NetworkSettings?.Networks ?? {});
  const address = networks.map((network) => network.IPAddress || network.GlobalIPv6Address).find(Boolean) ?? '';
  return {
    running: reply.State.Running,
    exitCode: reply.State.ExitCode,
    oomKilled: reply.State.OOMKilled,
    error: reply.State.Error,
    address,
    env: reply.Config.Env ?? [],
  };
}

function tcpPorts(exposed: readonly string[]): number[] {
  return exposed
    .map((port) => port.split('/'))
    .filter(([, protocol]) => protocol === undefined || protocol === 'tcp')
    .map(([port]) => Number(port))
    .filter((port) => Number.isInteger(port) && port > 0)
    .toSorted((a, b) => a - b);
}
