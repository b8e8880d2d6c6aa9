import type Docker from 'dockerode';
import type { LabelledObject, ObjectKind } from './docker-client.ts';

/** All objects of one kind with the label, as the engine lists them. Engines leave out or null what is empty. */
export async function labelledObjects(docker: Docker, kind: ObjectKind, label: string): Promise<LabelledObject[]> {
  const filters = { label: [label] };
  switch (kind) {
    case 'container': {
      const found = await docker.listContainers({ all: true, filters });
      return found.map(({ Id, Names, Labels, State, Created }) => ({
        kind,
        id: Id,
        name: Names[0]?.slice(1) ?? Id,
        labels: Labels,
        running: State === 'running',
        createdAt: Created * 1000,
      }));
    }
    case 'network': {
      const found = await docker.listNetworks({ filters });
      return found.map(({ Id, Name, Labels, Created }) => listed(kind, Id, Name, { labels: Labels, created: Created }));
    }
    case 'volume': {
      const { Volumes } = (await docker.listVolumes({ filters })) as { Volumes: ListedVolume[] | null };
      return (Volumes ?? []).map(({ Name, Labels, CreatedAt }) =>
        listed(kind, Name, Name, { labels: Labels, created: CreatedAt }),
      );
    }
  }
}

interface ListedVolume {
  readonly Name: string;
  readonly Labels: Record<string, string> | null;
  readonly CreatedAt?: string;
}

interface Facts {
  readonly labels: Record<string, string> | null | undefined;
  /** ISO, with whatever precision the engine has. */
  readonly created: string | undefined;
}

function listed(kind: ObjectKind, id: string, name: string, { labels, created }: Facts): LabelledObject {
  const createdAt = Date.parse(created ?? '');
  return { kind, id, name, labels: labels ?? {}, running: false, createdAt: Number.isNaN(createdAt) ? 0 : createdAt };
}
