import { onAbort } from '../common/abort.ts';
import { JobFailure } from '../common/errors/job-failure.ts';
import { StopError } from '../common/errors/stop-error.ts';
import type { CreateContainerOptions, DockerClient } from '../docker/docker-client.ts';
import type { OutputSink } from '../docker/frame-decoder.ts';
import { containerFailure } from './failure/container-failure.ts';
import { ScriptWitness, type ContainerEvents, type WatchedContainer } from './failure/script-witness.ts';
import { findContainer } from './follow/find-container.ts';
import { FollowedRun } from './follow/followed-run.ts';
import { inspectPatiently } from './follow/inspect-patiently.ts';
import { LiveRun } from './follow/live-run.ts';
import type { RunReading } from './follow/run-reading.ts';
import type { ScriptEnd } from './shell/script-reader.ts';
import { ShellSession } from './shell/shell-session.ts';
import { stopContainer } from './stop-container.ts';

/** Time for the last output of a stopped container to arrive. */
const LAST_OUTPUT_MS = 500;

/** Time for the entrypoint to end after its shell, before the next script needs the container. */
const ENTRYPOINT_END_MS = 5000;

/** A foreign platform is told of when nothing could be run; the MAC address is given twice on purpose, for all engines. */
const EXPECTED_REMARK = /requested image's platform|MacAddress field/;

/** The first start of a container finds no script when an earlier attachment has used up its stdin; the next one has a new stdin. */
const MOST_STARTS = 2;

/** How a script of the build container ended. `shellReached` is false when the entrypoint never started the shell. */
export interface ScriptOutcome {
  readonly exitCode: number;
  readonly shellReached: boolean;
  /** The signal stopped it; the exit code then means nothing. */
  readonly stopped: boolean;
  /** The rest of the sentence after the exit code of a failed script; undefined when there is no more to say. */
  readonly cause?: string | undefined;
}

/** One script for the build container. */
export interface BuildScript {
  readonly body: string;
  /** Its number among the scripts of the job, from 1 on; no number is used twice. */
  readonly run: number;
  /** The shell gets it after this only. */
  readonly known: Promise<void>;
  /** The engine has all of it: it runs to its end, whatever becomes of us. */
  readonly onDelivered?: () => void;
}

/** A run that an earlier process of the agent has begun, or was about to begin. */
export interface EarlierRun {
  readonly run: number;
  /** The engine had all of the script. */
  readonly delivered: boolean;
  /** It was the first of its container. */
  readonly first: boolean;
  /** The machine has been restarted since. */
  readonly rebooted: boolean;
}

/** How a build container is handled, whoever made it. `sweep`: its processes are asked to end one by one before it is stopped. */
export interface BuildContainerManner {
  readonly image: string;
  /** In the marks of its scripts. */
  readonly nonce: string;
  readonly sweep: boolean;
  readonly events: ContainerEvents;
}

/** What a build container is made from. */
export interface BuildContainerRequest extends BuildContainerManner {
  readonly options: CreateContainerOptions;
  readonly platform: string | undefined;
}

/** The container of the user's scripts. Each script is one run of the container, through the image's entrypoint and the shell's stdin. */
export class BuildContainer {
  readonly #docker: DockerClient;
  readonly #id: string;
  readonly #watched: WatchedContainer;
  readonly #manner: BuildContainerManner;
  #runs: number;

  private constructor(watched: WatchedContainer, manner: BuildContainerManner, runs: number) {
    this.#docker = watched.docker;
    this.#id = watched.id;
    this.#watched = watched;
    this.#manner = manner;
    this.#runs = runs;
  }

  static async create(docker: DockerClient, name: string, request: BuildContainerRequest): Promise<BuildContainer> {
    try {
      const { id, warnings } = await docker.createContainer(name, request.options, request.platform);
      const { image, options, events } = request;
      for (const remark of warnings) if (!EXPECTED_REMARK.test(remark)) events.remarked(remark);
      return new BuildContainer({ docker, id, image, options, remarks: warnings, events }, request, 0);
    } catch (error) {
      throw containerFailure(error, 'create the build container', request.image);
    }
  }

  /**
   * The container that an earlier process of the agent has made.
   * @throws {JobFailure} when it is gone
   */
  static async adopt(docker: DockerClient, name: string, manner: BuildContainerManner): Promise<BuildContainer> {
    const { id, options } = await findContainer(docker, name);
    const { image, events } = manner;
    return new BuildContainer({ docker, id, image, options, remarks: [], events }, manner, 1);
  }

  async putArchive(archive: Buffer): Promise<void> {
    try {
      await this.#docker.putArchive(this.#id, '/', archive);
    } catch (error) {
      throw containerFailure(error, 'put the files of the job into the build container', this.#watched.image);
    }
  }

  /** Sends the whole script, so that it goes on without us, and resolves when it has ended. An aborted signal stops the container. */
  async run({ run, known, ...script }: BuildScript, output: OutputSink, signal: AbortSignal): Promise<ScriptOutcome> {
    for (let starts = 1; ; starts += 1) {
      signal.throwIfAborted();
      const first = this.#runs === 0;
      const [session] = await Promise.all([this.#start(), known]);
      const identity = { id: this.#id, nonce: this.#manner.nonce, run, first, started: true };
      const { engineAway } = this.#manner.events;
      const reading = new LiveRun(this.#docker, session, identity, { ...script, onEngineAway: engineAway });
      const outcome = await this.#watch(reading, output, signal);
      if (outcome !== 'not-run') return outcome;
      if (starts === MOST_STARTS) throw neverBegan();
    }
  }

  /** Follows a script that an earlier process of the agent has sent, or was about to send; `not-run` when no shell has had it. */
  async follow(earlier: EarlierRun, output: OutputSink, signal: AbortSignal): Promise<ScriptOutcome | 'not-run'> {
    const { details } = await inspectPatiently(this.#docker, this.#id, signal);
    if (details.startedAt === undefined) return 'not-run';
    const { run, first, delivered, rebooted } = earlier;
    const identity = { id: this.#id, nonce: this.#manner.nonce, run, first, started: delivered };
    const reading = new FollowedRun(this.#docker, identity);
    return await this.#watch(reading, output, signal, (end) => {
      if (rebooted && end.begun) throw rebootFailure();
      // whatever was sent: a shell that got only a part of it runs nothing of it
      return foundNoScript(end);
    });
  }

  /** Has the run read to its end, stops it when the signal aborts, and says what its end means. */
  async #watch(
    reading: RunReading,
    output: OutputSink,
    signal: AbortSignal,
    hasNotRun: (end: Extract<ScriptEnd, { marked: false }>) => boolean = () => false,
  ): Promise<ScriptOutcome | 'not-run'> {
    using witness = new ScriptWitness(this.#watched, reading, output);
    let stopping: Promise<void> | undefined;
    using _ = onAbort(signal, (reason) => {
      stopping = this.#stop(reading, reason);
      stopping.catch(() => {}); // awaited below, when the run is over
    });
    const end = await reading.read(witness.output, signal);
    witness.ended();
    await stopping;
    if (signal.aborted && stopping !== undefined) return stoppedOutcome(end);
    if (!end.marked && hasNotRun(end)) return 'not-run';
    const verdict = await witness.judge(end);
    if (foundNoScript(end) && verdict.exitCode === 0) return 'not-run';
    return { ...verdict, stopped: false };
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

  async #stop(reading: RunReading, reason: unknown): Promise<void> {
    try {
      await stopContainer(this.#docker, this.#id, { sweep: this.#manner.sweep, graceMs: graceMs(reason) });
    } finally {
      setTimeout(() => reading.close(), LAST_OUTPUT_MS).unref();
    }
  }
}

/** Where after_script still follows, the script may clean up after itself; otherwise nobody waits for it. */
const graceMs = (reason: unknown): number =>
  reason instanceof StopError && (reason.reason === 'cancel' || reason.reason === 'script_timeout') ? 10_000 : 2000;

const rebootFailure = (): JobFailure =>
  new JobFailure('runner_system_failure', 'the machine of the agent was restarted while the script ran');

/** The shell ran, and nothing of the script: its first words tell that it begins. */
const foundNoScript = (end: ScriptEnd): boolean => !end.marked && end.shellReached && !end.begun;

const neverBegan = (): JobFailure =>
  new JobFailure('runner_system_failure', 'the shell of the build container ended before it had begun with the script');

const stoppedOutcome = (end: ScriptEnd): ScriptOutcome => ({
  exitCode: end.marked ? end.exitCode : -1,
  shellReached: end.marked || end.shellReached,
  stopped: true,
});
