import type { CreateContainerOptions, DockerClient } from '../../docker/docker-client.ts';
import { isNotFound } from '../../docker/docker-error.ts';
import type { OutputSink } from '../../docker/frame-decoder.ts';
import { readUsage, type ContainerUsage } from '../cgroup/container-usage.ts';
import type { ScriptEnd } from '../shell/script-reader.ts';
import { watchSilence } from './entrypoint-hint.ts';
import { exitCodeMeaning } from './exit-code.ts';
import { killedFromOutside, removedFromOutside } from './killed-from-outside.ts';
import { memoryCause } from './memory-cause.ts';
import { outputHint } from './output-hint.ts';
import { OutputTail } from './output-tail.ts';
import { unstartableProgram } from './unstartable-program.ts';

/** Exit code of a process that was killed. */
const KILLED = 137;
/** Longest time between the kill and the end of a forced removal. */
const REMOVAL_MS = 500;
/** How often figures are taken that would be gone when they are wanted. */
const SAMPLE_MS = 2000;

/** What is known of the container whose script is watched. */
export interface WatchedContainer {
  readonly docker: DockerClient;
  readonly id: string;
  readonly image: string;
  /** What it was created with. */
  readonly options: CreateContainerOptions;
  /** What the engine remarked when it created the container. */
  readonly remarks: readonly string[];
  readonly events: ContainerEvents;
}

/** Who wants to know what a container does while it runs. */
export interface ContainerEvents {
  /** Neither the shell nor any output came for a while. */
  silent(): void;
  /** What one run of the container used, where that can be had. */
  used(usage: ContainerUsage): void;
  /** What the engine says of options that it took, such as one that this kernel does not have. */
  remarked(remark: string): void;
  /** The engine does not answer while a script runs; it is waited for so long. */
  readonly engineAway: (seconds: number) => void;
}

/** How a script ended, and why, as far as that can be told. */
export interface ScriptVerdict {
  readonly exitCode: number;
  readonly shellReached: boolean;
  /** The rest of the sentence after the exit code; undefined when the exit code is all there is. */
  readonly cause?: string | undefined;
}

/** Looks on while one script runs and says afterwards what its end means. The engine is asked only about failures. */
export class ScriptWitness implements Disposable {
  /** Takes the script's output and passes it on. */
  readonly output: OutputTail;
  readonly #container: WatchedContainer;
  readonly #silence: Disposable;
  readonly #sampling: NodeJS.Timeout;
  #sample: ContainerUsage | undefined;
  /** At the end; undefined when the figures were gone already. */
  #usage: ContainerUsage | undefined;

  constructor(container: WatchedContainer, session: { readonly begun: boolean }, output: OutputSink) {
    this.#container = container;
    this.output = new OutputTail(output);
    this.#silence = watchSilence(
      () => this.output.silent && !session.begun,
      () => container.events.silent(),
    );
    this.#sampling = setInterval(() => (this.#sample = this.#read() ?? this.#sample), SAMPLE_MS).unref();
  }

  [Symbol.dispose](): void {
    this.#silence[Symbol.dispose]();
    clearInterval(this.#sampling);
  }

  /** To be called as soon as the script has ended: what the kernel knows of a container goes with it. */
  ended(): void {
    this.#usage = this.#read();
    const known = this.#usage ?? this.#sample;
    if (known !== undefined) this.#container.events.used(known);
  }

  #read(): ContainerUsage | undefined {
    return readUsage({ id: this.#container.id, parent: this.#limits.CgroupParent });
  }

  /**
   * What the end means. The shell's own word is the result; without it the engine's exit code is.
   * @throws {JobFailure} when it was not the script that failed, and engine errors
   */
  async judge(end: ScriptEnd): Promise<ScriptVerdict> {
    if (!end.marked) return await this.#judgeDeath(end.shellReached);
    const { exitCode } = end;
    if (exitCode === 0) return { exitCode, shellReached: true };
    const oomKilled = this.#usage === undefined ? await this.#flagged() : this.#usage.oomKills > 0;
    return { exitCode, shellReached: true, cause: oomKilled ? this.#memoryCause() : this.#exitCause(exitCode) };
  }

  /** The container ended, or is no longer reached, before the shell told how the script did. */
  async #judgeDeath(shellReached: boolean): Promise<ScriptVerdict> {
    const { docker, id, image, remarks } = this.#container;
    try {
      const exitCode = await docker.waitContainer(id, 'not-running');
      const details = await docker.inspectContainer(id);
      if (exitCode !== 0 && (details.oomKilled || (this.#usage?.oomKills ?? 0) > 0))
        return { exitCode, shellReached, cause: this.#memoryCause() };
      if (exitCode === KILLED && (await this.#isBeingRemoved())) throw removedFromOutside();
      // an entrypoint may end well when it is told to end: that is no success of the script
      const signals = await this.#signals();
      if (signals.length > 0) throw killedFromOutside(signals, exitCode);
      if (exitCode === 0) return { exitCode, shellReached };
      const unstartable = shellReached ? undefined : unstartableProgram(this.output.text(), image, remarks);
      if (unstartable !== undefined) throw unstartable;
      return { exitCode, shellReached, cause: shellReached ? this.#deathCause(exitCode) : undefined };
    } catch (error) {
      throw isNotFound(error) ? removedFromOutside() : error;
    }
  }

  get #limits(): { readonly Memory?: number; readonly CgroupParent?: string } {
    return this.#container.options['HostConfig'] ?? {};
  }

  #memoryCause(): string {
    return memoryCause('the build container', this.#usage, this.#limits.Memory);
  }

  #exitCause(exitCode: number): string | undefined {
    const hint = outputHint(this.output.text());
    const meaning = exitCodeMeaning(exitCode);
    return hint === undefined
      ? meaning
      : `${meaning === undefined ? '' : `${meaning}; `}its last lines hint at ${hint}`;
  }

  #deathCause(exitCode: number): string {
    const by = exitCode === KILLED ? ': it was killed (SIGKILL), but neither for memory nor through the engine' : '';
    return `the script's shell ended before the script did${by}`;
  }

  /** The engine's flag, for a container whose figures are out of sight. A failure stays one if it cannot be explained. */
  async #flagged(): Promise<boolean> {
    const { docker, id } = this.#container;
    return await docker.inspectContainer(id).then(
      ({ oomKilled }) => oomKilled,
      () => false,
    );
  }

  async #signals(): Promise<readonly string[]> {
    const { docker, id } = this.#container;
    return await docker.killSignals(id).catch(() => []);
  }

  /** A forced removal kills first: the engine knows the container a little longer. */
  async #isBeingRemoved(): Promise<boolean> {
    const { docker, id } = this.#container;
    try {
      await docker.waitContainer(id, 'removed', AbortSignal.timeout(REMOVAL_MS));
      return true;
    } catch (error) {
      return isNotFound(error);
    }
  }
}
