import { setTimeout as delay } from 'node:timers/promises';
import { JobFailure } from '../common/errors/job-failure.ts';
import { outputHint } from '../container/failure/output-hint.ts';
import type { StartedService } from '../container/service/started-service.ts';
import type { ServiceTrouble } from '../container/service/service-trouble.ts';
import type { DockerClient } from '../docker/docker-client.ts';
import type { ExecutorLog } from './executor.ts';

/** Most of a service's log that a report shows: its beginning. */
const LOG_BYTES = 64 * 1024;
const LAST_LINE_CHARACTERS = 200;
/** The end of its log, where its last words are. */
const HINT_LINES = 20;
/** The end of a job waits no longer for a report that is being written. */
const SETTLE_MS = 2000;

/** Tells of services that are not well, of each once, with what they printed. */
export class ServiceReports {
  readonly #docker: DockerClient;
  readonly #log: ExecutorLog;
  readonly #written = new Map<string, Promise<void>>();
  readonly #fatal = new AbortController();

  constructor(docker: DockerClient, log: ExecutorLog) {
    this.#docker = docker;
    this.#log = log;
  }

  /** Aborts with a JobFailure when a service that the job needs is not well. */
  get fatal(): AbortSignal {
    return this.#fatal.signal;
  }

  /** Resolves when the trouble is in the trace. */
  add(service: StartedService, trouble: ServiceTrouble): Promise<void> {
    const known = this.#written.get(service.id);
    if (known !== undefined) return known;
    const report = this.#write(service, trouble);
    this.#written.set(service.id, report);
    return report;
  }

  /** Waits for reports that are being written, but not for long. */
  async settled(): Promise<void> {
    if (this.#written.size === 0) return;
    const done = new AbortController();
    await Promise.race([
      Promise.allSettled(this.#written.values()),
      delay(SETTLE_MS, undefined, { signal: done.signal }).catch(() => {}),
    ]);
    done.abort();
  }

  async #write({ name, id, spec }: StartedService, trouble: ServiceTrouble): Promise<void> {
    const log = await this.#docker.readLogs(id, LOG_BYTES).catch(() => Buffer.alloc(0));
    const { verdict, when } = trouble;
    const hint = outputHint((await this.#docker.lastLogLines(id, HINT_LINES).catch(() => log)).toString());
    const cause = hint === undefined ? trouble.cause : `${trouble.cause}; its last lines hint at ${hint}`;
    this.#log.serviceProblem({ name, cause, log, when });
    if (!spec.readiness.required) return;
    const last = lastLine(await this.#docker.lastLogLines(id, 1).catch(() => Buffer.alloc(0)));
    const sentence = `service "${spec.image.reference}" ${verdict}${last === '' ? '' : `: ${last}`}`;
    this.#fatal.abort(new JobFailure('script_failure', sentence));
  }
}

/** One line without colours and other control characters, cut. */
function lastLine(log: Buffer): string {
  const line = log.toString().trimEnd().split('\n').at(-1) ?? '';
  // oxlint-disable-next-line no-control-regex
  return line.replaceAll(/\u001b\[[0-9;]*[A-Za-z]|[\u0000-\u001f\u007f]/g, '').slice(0, LAST_LINE_CHARACTERS);
}
