import type { DockerClient } from './docker-client.ts';
import { DockerodeClient } from './dockerode-client.ts';
import { engineAddress, type EngineAddress } from './engine-address.ts';
import { engineInfo, type EngineInfo } from './engine-info.ts';

type EngineSettings = Parameters<typeof engineAddress>[0];
type Insecure = EngineInfo['insecure'];

interface KnownEngine {
  readonly address: EngineAddress;
  readonly client: DockerClient;
  insecure?: Promise<Insecure | undefined> | undefined;
}

const PATIENCE_MS = 5000;

/** One client per engine, shared by all jobs that run on it. */
export class EngineClients {
  readonly #engines = new Map<string, KnownEngine>();
  readonly #ask: typeof engineInfo;

  constructor(ask: typeof engineInfo = engineInfo) {
    this.#ask = ask;
  }

  /** @throws {Error} for an address that is none, or certificates that cannot be read */
  for(settings: EngineSettings): DockerClient {
    const address = engineAddress(settings);
    const known = this.#engines.get(address.host);
    if (known !== undefined) return known.client;
    const client = new DockerodeClient(address);
    this.#engines.set(address.host, { address, client });
    return client;
  }

  /**
   * The `insecure-registries` of all engines in use; undefined when none of them says. Each is asked once; one that does not
   * answer is asked again the next time. Never rejects.
   */
  async insecureRegistries(): Promise<Insecure | undefined> {
    const answers = await Promise.all([...this.#engines.values()].map((engine) => this.#insecureOf(engine)));
    const found = answers.filter((one) => one !== undefined);
    if (found.length === 0) return undefined;
    return { hosts: found.flatMap(({ hosts }) => hosts), networks: found.flatMap(({ networks }) => networks) };
  }

  #insecureOf(engine: KnownEngine): Promise<Insecure | undefined> {
    engine.insecure ??= this.#ask(engine.address, AbortSignal.timeout(PATIENCE_MS)).then(
      ({ insecure }) => insecure,
      () => (engine.insecure = undefined),
    );
    return engine.insecure;
  }
}
