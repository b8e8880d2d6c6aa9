import type { DockerClient } from './docker-client.ts';
import { DockerodeClient } from './dockerode-client.ts';
import { engineAddress } from './engine-address.ts';

type EngineSettings = Parameters<typeof engineAddress>[0];

/** One client per engine, shared by all jobs that run on it. */
export class EngineClients {
  readonly #clients = new Map<string, DockerClient>();

  /** @throws {Error} for an address that is none, or certificates that cannot be read */
  for(settings: EngineSettings): DockerClient {
    const address = engineAddress(settings);
    const known = this.#clients.get(address.host);
    if (known !== undefined) return known;
    const client = new DockerodeClient(address);
    this.#clients.set(address.host, client);
    return client;
  }
}
