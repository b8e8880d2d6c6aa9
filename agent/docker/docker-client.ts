import type { Duplex } from 'node:stream';
import type { OutputSink } from './frame-decoder.ts';

/** What `docker image inspect` says, as far as a job needs it. */
export interface ImageDetails {
  readonly id: string;
  readonly digests: readonly string[];
  readonly os: string;
  readonly architecture: string;
  readonly user: string;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  /** TCP ports of EXPOSE, ascending. */
  readonly tcpPorts: readonly number[];
  /** Words of HEALTHCHECK as an exec takes them; undefined without one. */
  readonly healthcheck: readonly string[] | undefined;
}

/** State of a container, as far as a job needs it. */
export interface ContainerDetails {
  readonly id: string;
  readonly running: boolean;
  /** Of its last run; undefined when it was never started. */
  readonly startedAt: Date | undefined;
  /** Limits of its resources, as in the options that made it. */
  readonly limits: { readonly Memory?: number; readonly CgroupParent?: string };
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** What the engine says when it could not start the container; empty otherwise. */
  readonly error: string;
  /** First IPv4 (else IPv6) address on any network; empty without one. */
  readonly address: string;
  /** As the job or the image says it; empty: root. */
  readonly user: string;
  readonly env: readonly string[];
}

export type ObjectKind = 'container' | 'network' | 'volume';

/** An object on the engine, as lists show it. */
export interface LabelledObject {
  readonly kind: ObjectKind;
  /** What the removal calls take. */
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of a container. */
  readonly running: boolean;
  /** Milliseconds since 1970 on the engine's clock; 0 when the engine does not tell. */
  readonly createdAt: number;
}

/** Options of `POST /containers/create`, in the engine's own words and letter case. */
export type CreateContainerOptions = Readonly<Record<string, unknown>>;

export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly serveraddress?: string;
  readonly identitytoken?: string;
}

/** One line of the engine's progress stream while it pulls. */
export interface PullProgress {
  readonly id?: string;
  readonly status?: string;
  readonly current?: number;
  readonly total?: number;
}

/**
 * The engine calls that the agent needs, in our types. One client per engine; calls may run concurrently.
 * Rejects with `DockerError` (the engine refused) or `EngineUnreachableError`; an aborted signal rejects with an AbortError.
 * Removal calls treat "already gone" as success.
 */
export interface DockerClient {
  /** For messages: unix:///var/run/docker.sock, tcp://host:2376 ... */
  readonly host: string;
  ping(signal?: AbortSignal): Promise<void>;
  inspectImage(reference: string): Promise<ImageDetails>;
  /** Resolves when the pull is complete; an error inside the progress stream rejects as `DockerError`. */
  pullImage(request: PullRequest, onProgress: (progress: PullProgress) => void, signal?: AbortSignal): Promise<void>;
  /** Gives an image that is on the engine another name: `repository:tag`. */
  tagImage(reference: string, repository: string, tag: string): Promise<void>;
  createContainer(name: string, options: CreateContainerOptions, platform?: string): Promise<CreatedContainer>;
  inspectContainer(id: string): Promise<ContainerDetails>;
  /** The raw multiplexed stream of stdin, stdout and stderr; attach before start. */
  attachContainer(id: string, stdin: boolean): Promise<Duplex>;
  startContainer(id: string): Promise<void>;
  /** Exit code of the current (or last) run once it has ended, or once the container is gone; waits on the engine, does not poll. */
  waitContainer(id: string, condition: 'not-running' | 'removed', signal?: AbortSignal): Promise<number>;
  stopContainer(id: string, graceSeconds: number): Promise<void>;
  killContainer(id: string, signalName: string): Promise<void>;
  /** Forced, with its anonymous volumes unless they are kept. */
  removeContainer(id: string, keepVolumes?: boolean): Promise<void>;
  /** Unpacks a tar archive below `path`; works before the first start. */
  putArchive(id: string, path: string, tar: Buffer): Promise<void>;
  /** The first `maxBytes` of a tar archive with a file of the container, which need not have started. */
  getArchive(id: string, path: string, maxBytes: number): Promise<Buffer>;
  /** The first `maxBytes` of what the container printed, streams mixed. */
  readLogs(id: string, maxBytes: number): Promise<Buffer>;
  /** The last lines of what the container printed so far, streams mixed. */
  lastLogLines(id: string, lines: number): Promise<Buffer>;
  /** All that the container prints, from its start on or `since` a time of the engine's, until it ends or the signal aborts. */
  followLogs(id: string, sink: OutputSink, signal: AbortSignal, since?: Date): Promise<void>;
  /** The signals that the engine was asked to send the container since its last start, as numbers, oldest first; the engine forgets soon. */
  killSignals(id: string): Promise<readonly string[]>;
  /** Runs a command in a running container, detached from our streams; resolves when it ended. */
  runExec(id: string, command: readonly string[], signal?: AbortSignal): Promise<number>;
  createNetwork(name: string, options: Readonly<Record<string, unknown>>): Promise<string>;
  removeNetwork(id: string): Promise<void>;
  /** MTU that the network was made with; undefined when none was said, or there is no such network. */
  networkMtu(name: string): Promise<number | undefined>;
  /** Ids of the running containers on it; none when there is no such network. */
  networkContainers(name: string): Promise<readonly string[]>;
  removeVolume(name: string): Promise<void>;
  /** Everything of one kind that has the label (a key, or `key=value`), running or not. */
  listLabelled(kind: ObjectKind, label: string): Promise<readonly LabelledObject[]>;
}

export interface PullRequest {
  readonly reference: string;
  readonly platform?: string | undefined;
  readonly auth?: RegistryAuth | undefined;
}

export interface CreatedContainer {
  readonly id: string;
  readonly warnings: readonly string[];
}
