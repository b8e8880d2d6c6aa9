import { onAbort } from '../common/abort.ts';
import { StopError } from '../common/errors/stop-error.ts';
import type { CreateContainerOptions, DockerClient } from '../docker/docker-client.ts';
import type { OutputSink } from '../docker/frame-decoder.ts';
import { containerFailure } from './failure/container-failure.ts';
import { ScriptWitness, type ContainerEvents, type WatchedContainer } from './failure/script-witness.ts';
import { ShellSession, type ScriptEnd } from './shell/shell-session.ts';
import { stopContainer } from './stop-container.ts';

/** Time for the last output of a stopped container to arrive. */
const LAST_OUTPUT_MS = 500;

/** Time for the entrypoint to end after its shell, before the next script needs the container. */
const ENTRYPOINT_END_MS = 5000;

/** How a script of the build container ended. `shellReached` is false when the entrypoint never started the shell. */
export interface ScriptOutcome {
  readonly exitCode: number;
  readonly shellReached: boolean;
  /** The signal stopped it; the exit code then means nothing. */
  readonly stopped: boolean;
  /** The rest of the sentence after the exit code of a failed script; undefined when there is no more to say. */
  readonly cause?: string | undefined;
}

/** What a build container is made from. `sweep`: its processes are asked to end one by one before the container is stopped. */
export interface BuildContainerRequest {
  readonly options: CreateContainerOptions;
  readonly platform: string | undefined;
  readonly image: string;
  readonly sweep: boolean;
  readonly events: ContainerEvents;
}

/** The container of the user's scripts. Each script is one run of the container, through the image's entrypoint and the shell's stdin. */
export class BuildContainer {
  readonly #docker: DockerClient;
  readonly #id: string;
  readonly #watched: WatchedContainer;
  readonly #sweep: boolean;
  #runs = 0;

  private constructor(watched: WatchedContainer, sweep: boolean) {
    this.#docker = watched.docker;
    this.#id = watched.id;
    this.#watched = watched;
    this.#sweep = sweep;
  }

  static async create(docker: DockerClient, name: string, request: BuildContainerRequest): Promise<BuildContainer> {
    try {
      const { id, warnings } = await docker.createContainer(name, request.options, request.platform);
      const { image, options, events, sweep } = request;
      return new BuildContainer({ docker, id, image, options, remarks: warnings, events }, sweep);
    } catch (error) {
      throw containerFailure(error, 'create the build container', request.image);
    }
  }

  async putArchive(archive: Buffer): Promise<void> {
    await this.#docker.putArchive(this.#id, '/', archive);
  }

  /** Sends the whole script, so that it goes on without us, and resolves when it has ended. An aborted signal stops the container. */
  async run(script: string, output: OutputSink, signal: AbortSignal): Promise<ScriptOutcome> {
    signal.throwIfAborted();
    const session = await this.#start();
    using witness = new ScriptWitness(this.#watched, session, output);
    let stopping: Promise<void> | undefined;
    using _ = onAbort(signal, (reason) => {
      stopping = this.#stop(session, reason);
      stopping.catch(() => {}); // awaited below, when the session has ended
    });
    const end = await session.run(script, witness.output, true);
    witness.ended();
    await stopping;
    if (signal.aborted && stopping !== undefined) return stoppedOutcome(end);
    return { ...(await witness.judge(end)), stopped: false };
  }

  async #start(): Promise<ShellSession> {
    let session: ShellSession | undefined;
    try {
      if (this.#runs++ > 0) await this.#ended();
      session = new ShellSession(await this.#docker.attachContainer(this.#id, true));
      await this.#docker.startContainer(this.#id);
      return session;
    } catch (error) {
      session?.close();
      throw containerFailure(error, 'start the build container', this.#watched.image);
    }
  }

  /** An entrypoint may outlive the shell that it started: it is given a moment, then ended. */
  async #ended(): Promise<void> {
    try {
      await this.#docker.waitContainer(this.#id, 'not-running', AbortSignal.timeout(ENTRYPOINT_END_MS));
    } catch {
      await stopContainer(this.#docker, this.#id, { sweep: false, graceMs: 1000 });
    }
  }

  async #stop(session: ShellSession, reason: unknown): Promise<void> {
    try {
      await stopContainer(this.#docker, this.#id, { sweep: this.#sweep, graceMs: graceMs(reason) });
    } finally {
      setTimeout(() => session.close(), LAST_OUTPUT_MS).unref();
    }
  }
}

/** Where after_script still follows, the script may clean up after itself; otherwise nobody waits for it. */
const graceMs = (reason: unknown): number =>
  reason instanceof StopError && (reason.reason === 'cancel' || reason.reason === 'script_timeout') ? 10_000 : 2000;

const stoppedOutcome = (end: ScriptEnd): ScriptOutcome => ({
  exitCode: end.marked ? end.exitCode : -1,
  shellReached: end.marked || end.shellReached,
  stopped: true,
});
