import type { ContainerDetails, DockerClient, ImageDetails } from '../../agent/docker/docker-client.ts';
import { DockerError } from '../../agent/docker/docker-error.ts';

/** A DockerClient that has only the calls that the test gives it: any other call fails the test by its name. */
export function fakeDocker(calls: Partial<DockerClient>): DockerClient {
  return new Proxy(calls as DockerClient, {
    get(target, key) {
      if (key in target) return Reflect.get(target, key) as unknown;
      if (key === 'host') return 'unix:///fake.sock';
      if (key === 'then') return undefined;
      return () => {
        throw new Error(`the test does not fake DockerClient.${String(key)}`);
      };
    },
  });
}

export const notFound = (message = 'No such image'): DockerError => new DockerError(message, 404);

export const imageDetails = (changes: Partial<ImageDetails> = {}): ImageDetails => ({
  id: `sha256:${'a'.repeat(64)}`,
  digests: [],
  os: 'linux',
  architecture: 'amd64',
  user: '',
  env: [],
  entrypoint: [],
  tcpPorts: [],
  healthcheck: undefined,
  ...changes,
});

/** What the engine says of a container that ran and has ended. */
export const endedContainer: ContainerDetails = {
  id: 'c',
  running: false,
  startedAt: new Date(0),
  limits: {},
  exitCode: 0,
  oomKilled: false,
  error: '',
  address: '',
  user: '',
  env: [],
};
