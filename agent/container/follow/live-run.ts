import { JobFailure } from '../../common/errors/job-failure.ts';
import type { DockerClient } from '../../docker/docker-client.ts';
import { isNotFound } from '../../docker/docker-error.ts';
import type { OutputSink } from '../../docker/frame-decoder.ts';
import { ScriptFrame } from '../shell/script-frame.ts';
import type { ScriptEnd } from '../shell/script-reader.ts';
import type { ShellSession } from '../shell/shell-session.ts';
import { CountedOutput } from './counted-output.ts';
import { FollowedRun } from './followed-run.ts';
import { inspectPatiently } from './inspect-patiently.ts';
import type { RunIdentity, RunReading } from './run-reading.ts';

/** A script on its way into a run. */
export interface LiveScript {
  readonly body: string;
  readonly onDelivered?: (() => void) | undefined;
  /** The engine does not answer any more; it is waited for so long. */
  readonly onEngineAway: (seconds: number) => void;
}

/** A run that is read over the connection on which its script was sent and, should that break, from the engine's log. */
export class LiveRun implements RunReading {
  readonly #docker: DockerClient;
  readonly #session: ShellSession;
  readonly #run: RunIdentity;
  readonly #script: LiveScript;
  #followed: FollowedRun | undefined;

  constructor(docker: DockerClient, session: ShellSession, run: RunIdentity, script: LiveScript) {
    this.#docker = docker;
    this.#session = session;
    this.#run = run;
    this.#script = script;
  }

  get begun(): boolean {
    return this.#session.begun || (this.#followed?.begun ?? false);
  }

  /** @throws {JobFailure} when the engine took the container down */
  async read(sink: OutputSink, signal: AbortSignal): Promise<ScriptEnd> {
    const counted = new CountedOutput(sink);
    const frame = new ScriptFrame(this.#run.nonce, this.#run.run);
    const { body, onDelivered } = this.#script;
    const end = await this.#session.run({ frame, last: true, body, onDelivered }, counted);
    if (end.marked || signal.aborted) return end;
    const wasAway = await this.#mustFollow(signal);
    if (wasAway === undefined) return end;
    this.#followed = new FollowedRun(this.#docker, this.#run, counted.seen);
    const rest = await this.#followed.read(sink, signal);
    if (rest.marked || signal.aborted || !wasAway) return rest;
    throw new JobFailure('runner_system_failure', 'the Docker Engine was stopped or restarted while the script ran');
  }

  /** Undefined when the container has ended or is gone; otherwise whether the engine was away. */
  async #mustFollow(signal: AbortSignal): Promise<boolean | undefined> {
    try {
      const { onEngineAway } = this.#script;
      const { details, wasAway } = await inspectPatiently(this.#docker, this.#run.id, signal, onEngineAway);
      return details.running || wasAway ? wasAway : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  close(): void {
    this.#session.close();
    this.#followed?.close();
  }
}
