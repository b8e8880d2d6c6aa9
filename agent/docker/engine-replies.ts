import type { ContainerInspectInfo, ImageInspectInfo, NetworkInspectInfo } from 'dockerode';
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
    healthcheck: healthcheck(Reflect.get(config ?? {}, 'Healthcheck')),
  };
}

export function containerDetails(reply: ContainerInspectInfo): ContainerDetails {
  const networks = Object.values(reply.NetworkSettings?.Networks ?? {});
  const address = networks.map((network) => network.IPAddress || network.GlobalIPv6Address).find(Boolean) ?? '';
  const { Memory, CgroupParent } = (reply.HostConfig ?? {}) as ContainerDetails['limits'];
  return {
    id: reply.Id,
    running: reply.State.Running,
    startedAt: startTime(reply.State.StartedAt),
    limits: {
      ...(Memory === undefined ? {} : { Memory }),
      ...(CgroupParent === undefined ? {} : { CgroupParent }),
    },
    exitCode: reply.State.ExitCode,
    oomKilled: reply.State.OOMKilled,
    error: reply.State.Error,
    address,
    env: reply.Config.Env ?? [],
    user: reply.Config.User ?? '',
  };
}

export function networkMtu({ Options }: Pick<Partial<NetworkInspectInfo>, 'Options'>): number | undefined {
  const mtu = Number(Options?.['com.docker.network.driver.mtu']);
  return Number.isInteger(mtu) && mtu > 0 ? mtu : undefined;
}

/** The engine says year 1 of a container that was never started. */
function startTime(text: string | undefined): Date | undefined {
  const time = new Date(text ?? '');
  return time.getFullYear() > 1 ? time : undefined;
}

/** From events of one container, a JSON object per line: the signals since it was started last. */
export function killSignals(lines: string): string[] {
  const signals: string[] = [];
  for (const line of lines.split('\n').filter((text) => text !== '')) {
    const { Action, Actor } = JSON.parse(line) as { Action?: string; Actor?: { Attributes?: { signal?: string } } };
    if (Action === 'start') signals.length = 0;
    if (Action === 'kill') signals.push(Actor?.Attributes?.signal ?? '');
  }
  return signals;
}

/** Test is ["NONE"], ["CMD", word ...] or ["CMD-SHELL", line]; the engine's own type does not know it. */
function healthcheck(config: unknown): readonly string[] | undefined {
  const { Test } = (config ?? {}) as { Test?: readonly string[] | null };
  const [kind, ...words] = Test ?? [];
  if (words.length === 0) return undefined;
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', ...words];
  return kind === 'CMD' ? words : undefined;
}

function tcpPorts(exposed: readonly string[]): number[] {
  return exposed
    .map((port) => port.split('/'))
    .filter(([, protocol]) => protocol === undefined || protocol === 'tcp')
    .map(([port]) => Number(port))
    .filter((port) => Number.isInteger(port) && port > 0)
    .toSorted((a, b) => a - b);
}
