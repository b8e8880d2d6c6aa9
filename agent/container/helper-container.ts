import { randomBytes } from 'node:crypto';
import type { CreateContainerOptions, DockerClient } from '../docker/docker-client.ts';
import type { OutputSink } from '../docker/frame-decoder.ts';
import { containerFailure } from './failure/container-failure.ts';
import { helperDeath } from './failure/helper-death.ts';
import { OutputTail } from './failure/output-tail.ts';
import { ScriptFrame } from './shell/script-frame.ts';
import { ShellSession } from './shell/shell-session.ts';

/** The container of git and other stages that are not the user's: started once, one resident shell for all of them. */
export class HelperContainer {
  readonly #docker: DockerClient;
  readonly #id: string;
  readonly #image: string;
  readonly #session: ShellSession;
  readonly #nonce = randomBytes(16).toString('hex');
  #runs = 0;

  private constructor(docker: DockerClient, id: string, image: string, session: ShellSession) {
    this.#docker = docker;
    this.#id = id;
    this.#image = image;
    this.#session = session;
  }

  /** Creates, fills and starts it. Without an archive its files are there already. The name is entered for removal by the caller beforehand. */
  static async start(
    docker: DockerClient,
    name: string,
    options: CreateContainerOptions,
    archive: Buffer | undefined,
  ): Promise<HelperContainer> {
    const image = String(options['Image']);
    let session: ShellSession | undefined;
    try {
      const { id } = await docker.createContainer(name, options);
      if (archive !== undefined) await docker.putArchive(id, '/', archive);
      session = new ShellSession(await docker.attachContainer(id, true));
      await docker.startContainer(id);
      return new HelperContainer(docker, id, image, session);
    } catch (error) {
      session?.close();
      throw containerFailure(error, `start the helper container`, image);
    }
  }

  /** Starts a helper container again that an earlier process of the agent has made; what still runs in it is ended. */
  static async reopen(docker: DockerClient, name: string): Promise<HelperContainer> {
    let session: ShellSession | undefined;
    try {
      await docker.stopContainer(name, 0);
      session = new ShellSession(await docker.attachContainer(name, true));
      await docker.startContainer(name);
      return new HelperContainer(docker, name, name, session);
    } catch (error) {
      session?.close();
      throw containerFailure(error, `start the helper container again`, name);
    }
  }

  /**
   * Runs one script and resolves with its exit code. One at a time.
   * @throws {JobFailure} when the container ends before the script does
   */
  async run(script: string, output: OutputSink): Promise<number> {
    const frame = new ScriptFrame(this.#nonce, ++this.#runs);
    const tail = new OutputTail(output);
    const end = await this.#session.run({ frame, body: script, last: false }, tail);
    if (end.marked) return end.exitCode;
    throw await helperDeath({ docker: this.#docker, id: this.#id, image: this.#image, output: tail.text() });
  }

  /** Ends the shell, and with it the container. */
  close(): void {
    this.#session.close();
  }
}
