import { JobFailure } from '../common/errors/job-failure.ts';
import { onAbort } from '../common/abort.ts';
import { StopError } from '../common/errors/stop-error.ts';
import type { CreateContainerOptions, DockerClient } from '../docker/docker-client.ts';
import { isNotFound } from '../docker/docker-error.ts';
import type { OutputSink } from '../docker/frame-decoder.ts';
import { containerFailure } from './failure/container-failure.ts';
import { ShellSession, type ScriptEnd } from './shell/shell-session.ts';
import { stopContainer } from './stop-container.ts';

/** Time for the last output of a stopped container to arrive. */
const LAST_OUTPUT_MS = 500;

/** Time for the entrypoint to end after its shell, before the next script needs the container. */
const ENTRYPOINT_END_MS = 5000;

/** Exit code of a process that was killed. */
const KILLED = 137;
/** Longest time between the kill and the end of a forced removal. */
const REMOVAL_MS = 500;

/** How a script of the build container ended. `shellReached` is false when the entrypoint never started the shell. */
export interface ScriptOutcome {
  readonly exitCode: number;
  readonly shellReached: boolean;
  /** The signal stopped it; the exit code then means nothing. */
  readonly stopped: boolean;
  readonly oomKilled: boolean;
}

/** The container of the user's scripts. Each script is one run of the container, through the image's entrypoint and the shell's stdin. */
export class BuildContainer {
  readonly #docker: DockerClient;
  readonly #id: string;
  readonly #image: string;
  readonly #sweep: boolean;
  #runs = 0;

  private constructor(docker: DockerClient, id: string, image: string, sweep: boolean) {
    this.#docker = docker;
    this.#id = id;
    this.#image = image;
    this.#sweep = sweep;
  }

  /** Creates it. `sweep`: its processes are asked to end one by one before the container is stopped. */
  static async create(
    docker: DockerClient,
    name: string,
    request: { options: CreateContainerOptions; platform: string | undefined; image: string; sweep: boolean },
  ): Promise<BuildContainer> {
    try {
      const { id } = await docker.createContainer(name, request.options, request.platform);
      return new BuildContainer(docker, id, request.image, request.sweep);
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
    let stopping: Promise<void> | undefined;
    using _ = onAbort(signal, (reason) => {
      stopping = this.#stop(session, reason);
      stopping.catch(() => {}); // awaited below, when the session has ended
    });
    const end = await session.run(script, output, true);
    await stopping;
    return signal.aborted && stopping !== undefined ? stoppedOutcome(end) : this.#outcome(end);
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
      throw containerFailure(error, 'start the build container', this.#image);
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

  /** The shell's own word is taken at once; without it the engine's exit code decides. */
  async #outcome(end: ScriptEnd): Promise<ScriptOutcome> {
    if (end.marked) return { exitCode: end.exitCode, shellReached: true, stopped: false, oomKilled: false };
    try {
      const exitCode = await this.#docker.waitContainer(this.#id, 'not-running');
      const { oomKilled } = await this.#docker.inspectContainer(this.#id);
      if (exitCode === KILLED && !oomKilled && (await this.#isBeingRemoved())) throw removedFromOutside();
      return { exitCode, shellReached: end.shellReached, stopped: false, oomKilled };
    } catch (error) {
      throw isNotFound(error) ? removedFromOutside() : error;
    }
  }

  /** A forced removal kills first: the engine knows the container a little longer. */
  async #isBeingRemoved(): Promise<boolean> {
    try {
      await this.#docker.waitContainer(this.#id, 'removed', AbortSignal.timeout(REMOVAL_MS));
      return true;
    } catch (error) {
      return isNotFound(error);
    }
  }
}

const removedFromOutside = (): JobFailure =>
  new JobFailure('runner_system_failure', 'the build container was removed from outside while its script ran');

/** Where after_script still follows, the script may clean up after itself; otherwise nobody waits for it. */
const graceMs = (reason: unknown): number =>
  reason instanceof StopError && (reason.reason === 'cancel' || reason.reason === 'script_timeout') ? 10_000 : 2000;

const stoppedOutcome = (end: ScriptEnd): ScriptOutcome => ({
  exitCode: end.marked ? end.exitCode : -1,
  shellReached: end.marked || end.shellReached,
  stopped: true,
  oomKilled: false,
});
