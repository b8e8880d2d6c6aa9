import './skip-unused-packages.ts';
import type { Duplex, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { NetworkInspectInfo } from 'dockerode';
import type {
  ContainerDetails,
  CreateContainerOptions,
  CreatedContainer,
  DockerClient,
  ImageDetails,
  LabelledObject,
  ObjectKind,
  PullProgress,
  PullRequest,
} from './docker-client.ts';
import { DockerError, isGone, isNotFound, toDockerError } from './docker-error.ts';
import { onAbort, raceAbort } from '../common/abort.ts';
import type { EngineAddress } from './engine-address.ts';
import { containerDetails, imageDetails, killSignals, networkMtu } from './engine-replies.ts';
import { followPull } from './follow-pull.ts';
import type { OutputSink } from './frame-decoder.ts';
import { labelledObjects } from './labelled-objects.ts';
import { followFrames, readFrames, unframed } from './read-frames.ts';

/** A service that still runs has no end of its log; what is there arrives well within this time. */
const LOG_READ_MS = 500;

const dockerode = await import('dockerode');

/** DockerClient over dockerode, the only place that knows it. */
export class DockerodeClient implements DockerClient {
  readonly host: string;
  readonly #docker: Docker;

  constructor(address: EngineAddress) {
    this.host = address.host;
    this.#docker = new dockerode.default(address.options);
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.#call(() => raceAbort(this.#docker.ping(), signal ?? new AbortController().signal));
  }

  inspectImage(reference: string): Promise<ImageDetails> {
    return this.#call(async () => imageDetails(await this.#docker.getImage(reference).inspect()));
  }

  pullImage(request: PullRequest, onProgress: (progress: PullProgress) => void, signal?: AbortSignal): Promise<void> {
    return this.#call(async () => {
      const stream = await this.#docker.createImage(request.auth ?? {}, {
        fromImage: request.reference,
        ...(request.platform === undefined ? {} : { platform: request.platform }),
        ...(signal === undefined ? {} : { abortSignal: signal }),
      });
      await followPull(stream, onProgress);
    });
  }

  async tagImage(reference: string, repository: string, tag: string): Promise<void> {
    await this.#call(() => this.#docker.getImage(reference).tag({ repo: repository, tag }));
  }

  createContainer(name: string, options: CreateContainerOptions, platform?: string): Promise<CreatedContainer> {
    return this.#call(async () => {
      const query = platform === undefined ? { name } : { name, platform };
      const reply: unknown = await this.#dial('POST', '/containers/create?', { _query: query, _body: options }, [201]);
      const { Id, Warnings } = reply as { Id: string; Warnings?: string[] | null };
      return { id: Id, warnings: Warnings ?? [] };
    });
  }

  inspectContainer(id: string): Promise<ContainerDetails> {
    return this.#call(async () => containerDetails(await this.#docker.getContainer(id).inspect()));
  }

  attachContainer(id: string, stdin: boolean): Promise<Duplex> {
    const options = { stream: true, stdin, stdout: true, stderr: true, hijack: true };
    return this.#call(async () => (await this.#docker.getContainer(id).attach(options)) as Duplex);
  }

  async startContainer(id: string): Promise<void> {
    await this.#call(() => this.#docker.getContainer(id).start());
  }

  waitContainer(id: string, condition: 'not-running' | 'removed', signal?: AbortSignal): Promise<number> {
    return this.#call(async () => {
      const options = { condition, ...(signal === undefined ? {} : { abortSignal: signal }) };
      const reply = (await this.#docker.getContainer(id).wait(options)) as { StatusCode: number };
      return reply.StatusCode;
    });
  }

  async stopContainer(id: string, graceSeconds: number): Promise<void> {
    await this.#gone(() => this.#docker.getContainer(id).stop({ t: graceSeconds }), [304]);
  }

  async killContainer(id: string, signalName: string): Promise<void> {
    await this.#gone(() => this.#docker.getContainer(id).kill({ signal: signalName }));
  }

  async removeContainer(id: string, keepVolumes = false): Promise<void> {
    await this.#gone(() => this.#docker.getContainer(id).remove({ force: true, v: !keepVolumes }));
  }

  getArchive(id: string, path: string, maxBytes: number): Promise<Buffer> {
    return this.#call(async () => {
      const parts: Buffer[] = [];
      let left = maxBytes;
      for await (const part of await this.#docker.getContainer(id).getArchive({ path })) {
        parts.push((part as Buffer).subarray(0, left));
        left -= (part as Buffer).length;
        if (left <= 0) break;
      }
      return Buffer.concat(parts);
    });
  }

  async putArchive(id: string, path: string, tar: Buffer): Promise<void> {
    await this.#call(() => this.#docker.getContainer(id).putArchive(tar, { path }));
  }

  readLogs(id: string, maxBytes: number): Promise<Buffer> {
    const options = { stdout: true, stderr: true, follow: true as const };
    return this.#call(async () => {
      const stream = (await this.#docker.getContainer(id).logs(options)) as unknown as Readable;
      return readFrames(stream, maxBytes, AbortSignal.timeout(LOG_READ_MS));
    });
  }

  lastLogLines(id: string, lines: number): Promise<Buffer> {
    const options = { stdout: true, stderr: true, follow: false as const, tail: lines };
    return this.#call(async () => unframed(await this.#docker.getContainer(id).logs(options)));
  }

  followLogs(id: string, sink: OutputSink, signal: AbortSignal, since?: Date): Promise<void> {
    const from = since === undefined ? {} : { since: since.getTime() / 1000 };
    const options = { stdout: true, stderr: true, follow: true as const, ...from };
    return this.#call(async () => {
      const stream = (await this.#docker.getContainer(id).logs(options)) as unknown as Readable;
      await followFrames(stream, sink, signal);
    });
  }

  killSignals(id: string): Promise<readonly string[]> {
    return this.#call(async () => {
      // By the engine's own clock: it would wait for a time that it has not reached yet.
      const { SystemTime } = (await this.#docker.info()) as { SystemTime: string };
      const filters = { container: [id] };
      const stream = await this.#docker.getEvents({ since: 0, until: Date.parse(SystemTime) / 1000, filters });
      return killSignals(await text(stream as Readable));
    });
  }

  runExec(id: string, command: readonly string[], signal?: AbortSignal): Promise<number> {
    return this.#call(async () => {
      const exec = await this.#docker.getContainer(id).exec({ Cmd: [...command], AttachStdout: true });
      const stream = await exec.start({ hijack: true, stdin: false });
      using _ = onAbort(signal ?? new AbortController().signal, () => void stream.destroy());
      // an error, such as an engine that goes away, is followed by close
      await new Promise<void>((resolve) =>
        stream
          .on('data', () => {})
          .on('error', () => {})
          .once('close', resolve),
      );
      return (await exec.inspect()).ExitCode ?? -1;
    });
  }

  createNetwork(name: string, options: Readonly<Record<string, unknown>>): Promise<string> {
    return this.#call(async () => (await this.#docker.createNetwork({ Name: name, ...options })).id);
  }

  async removeNetwork(id: string): Promise<void> {
    await this.#gone(() => this.#docker.getNetwork(id).remove());
  }

  async networkMtu(name: string): Promise<number | undefined> {
    return networkMtu(await this.#network(name));
  }

  async networkContainers(name: string): Promise<readonly string[]> {
    return Object.keys((await this.#network(name)).Containers ?? {});
  }

  async removeVolume(name: string): Promise<void> {
    await this.#gone(() => this.#docker.getVolume(name).remove());
  }

  listLabelled(kind: ObjectKind, label: string): Promise<readonly LabelledObject[]> {
    return this.#call(() => labelledObjects(this.#docker, kind, label));
  }

  #dial(method: string, path: string, options: object, ok: readonly number[]): Promise<unknown> {
    const statusCodes = Object.fromEntries(ok.map((status) => [status, true]));
    const modem = this.#docker.modem as {
      dial(options: object, callback: (error: unknown, data: unknown) => void): void;
    };
    return new Promise((resolve, reject) => {
      modem.dial({ path, method, options, statusCodes }, (error, data) => (error ? reject(error) : resolve(data)));
    });
  }

  /** What is known of a network: nothing when it is not there. */
  async #network(name: string): Promise<Partial<NetworkInspectInfo>> {
    try {
      return await this.#call(() => this.#docker.getNetwork(name).inspect());
    } catch (error) {
      if (isNotFound(error)) return {};
      throw error;
    }
  }

  async #call<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw toDockerError(error, this.host);
    }
  }

  async #gone(run: () => Promise<unknown>, alsoFine: readonly number[] = []): Promise<void> {
    try {
      await this.#call(run);
    } catch (error) {
      if (isGone(error) || isNotFound(error)) return;
      if (error instanceof DockerError && alsoFine.includes(error.status)) return;
      throw error;
    }
  }
}
