import { toError } from '../../common/errors/to-error.ts';
import { shellQuote } from '../../common/shell-quote.ts';
import type { DockerClient } from '../../docker/docker-client.ts';
import { typeLabel } from '../labels.ts';
import type { JobObjects } from '../job-objects.ts';

export interface InsideProbeOptions {
  readonly docker: DockerClient;
  readonly objects: JobObjects;
  readonly namePrefix: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Id of an image with a shell and curl or wget: the helper's. */
  readonly image: () => Promise<string>;
}

/**
 * Looks at a service from within its network, by a container that shares it. For agents that cannot reach the addresses
 * of containers: in a container themselves, or on another machine than the engine.
 */
export class InsideProbe {
  readonly #options: InsideProbeOptions;
  #count = 0;

  constructor(options: InsideProbeOptions) {
    this.#options = options;
  }

  /** Resolves when one of the ports listens, other than on the loopback address alone. */
  async listens(containerId: string, ports: readonly number[], signal: AbortSignal): Promise<void> {
    await this.#run(containerId, listenScript(ports), signal);
  }

  /** Resolves when a GET of the address is answered with a status below 400. */
  async answers(containerId: string, url: string, signal: AbortSignal): Promise<void> {
    await this.#run(containerId, answerScript(url), signal);
  }

  async #run(containerId: string, script: string, signal: AbortSignal): Promise<void> {
    const { docker, objects, namePrefix, labels, image } = this.#options;
    const imageId = await image().catch((error: unknown) => {
      // no reason to fail a job that needs no helper itself
      throw new Error(`no helper image to look from: ${toError(error).message}`, { cause: error });
    });
    signal.throwIfAborted();
    this.#count += 1;
    const name = `${namePrefix}-probe-${this.#count}`;
    objects.container(name, false);
    const { id } = await docker.createContainer(name, {
      Image: imageId,
      Entrypoint: ['sh', '-c', script],
      Cmd: [],
      Labels: { ...labels, ...typeLabel('predefined') },
      HostConfig: { NetworkMode: `container:${containerId}` },
    });
    try {
      await docker.startContainer(id);
      const exitCode = await docker.waitContainer(id, 'not-running', signal);
      if (exitCode !== 0) throw new Error(`the probe ended with exit code ${exitCode}`);
    } finally {
      docker.removeContainer(id).catch(() => {}); // it is entered for removal as well
    }
  }
}

const PAUSE = 'sleep 0.1 2>/dev/null || sleep 1';

/** Reads the kernel's table of sockets: state 0A is LISTEN, ports are in hexadecimal. */
function listenScript(ports: readonly number[]): string {
  const wanted = ports.map((port) => `*:${port.toString(16).toUpperCase().padStart(4, '0')}`).join('|');
  return `look() {
  while read -r _ local _ state _; do
    case "$state $local" in '0A 0100007F:'*|'0A 00000000000000000000000001000000:'*) continue;; '0A '*) ;; *) continue;; esac
    case "$local" in ${wanted}) exit 0;; esac
  done <"$1"
}
while :; do
  for table in /proc/net/tcp /proc/net/tcp6; do [ -r "$table" ] && look "$table"; done
  ${PAUSE}
done`;
}

function answerScript(url: string): string {
  return `while :; do
  if command -v curl >/dev/null; then curl -fs -m 2 -o /dev/null ${shellQuote(url)} && exit 0
  elif command -v wget >/dev/null; then wget -q -T 2 -O /dev/null ${shellQuote(url)} 2>/dev/null && exit 0
  else exit 127; fi
  ${PAUSE}
done`;
}
