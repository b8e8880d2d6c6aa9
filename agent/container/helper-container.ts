import type { CreateContainerOptions, DockerClient } from '../docker/docker-client.ts';
import { JobFailure } from '../common/errors/job-failure.ts';
import type { OutputSink } from '../docker/frame-decoder.ts';
import { containerFailure } from './failure/container-failure.ts';
import { ShellSession } from './shell/shell-session.ts';

/** The container of git and other stages that are not the user's: started once, one resident shell for all of them. */
export class HelperContainer {
  readonly #session: ShellSession;

  private constructor(session: ShellSession) {
    this.#session = session;
  }

  /** Creates, fills and starts it. The name is entered for removal by the caller beforehand. */
  static async start(
    docker: DockerClient,
    name: string,
    options: CreateContainerOptions,
    archive: Buffer,
  ): Promise<HelperContainer> {
    const image = String(options['Image']);
    let session: ShellSession | undefined;
    try {
      const { id } = await docker.createContainer(name, options);
      await docker.putArchive(id, '/', archive);
      session = new ShellSession(await docker.attachContainer(id, true));
      await docker.startContainer(id);
      return new HelperContainer(session);
    } catch (error) {
      session?.close();
      throw containerFailure(error, `start the helper container`, image);
    }
  }

  /**
   * Runs one script and resolves with its exit code. One at a time.
   * @throws {JobFailure} when the container ends before the script does
   */
  async run(script: string, output: OutputSink): Promise<number> {
    const end = await this.#session.run(script, output, false);
    if (end.marked) return end.exitCode;
    throw new JobFailure('runner_system_failure', 'the helper container ended before its script did');
  }

  /** Ends the shell, and with it the container. */
  close(): void {
    this.#session.close();
  }
}
