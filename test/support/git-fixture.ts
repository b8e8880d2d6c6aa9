import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { relayCgi } from '../../coordinator-mock/http/relay-cgi.ts';

const execute = promisify(execFile);

/** Runs git without anybody's configuration and gives its output, trimmed. */
export async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const identity = ['NAME', 'EMAIL'].flatMap((what) => [
    [`GIT_AUTHOR_${what}`, 'tester@example.com'],
    [`GIT_COMMITTER_${what}`, 'tester@example.com'],
  ]);
  const env = { PATH: '/usr/bin:/bin', HOME: directory, GIT_CONFIG_NOSYSTEM: '1', ...Object.fromEntries(identity) };
  const options = ['-c', 'protocol.file.allow=always', '-c', 'init.defaultBranch=main'];
  const { stdout } = await execute('git', [...options, ...args], { cwd: directory, env: env as NodeJS.ProcessEnv });
  return stdout.trim();
}

/** A work tree with a history to clone from. */
export class GitRepository {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(path: string, format: 'sha1' | 'sha256' = 'sha1'): Promise<GitRepository> {
    await execute('git', ['-c', 'init.defaultBranch=main', 'init', '--quiet', `--object-format=${format}`, path]);
    const repository = new GitRepository(path);
    for (const key of ['allowAnySHA1InWant', 'allowFilter'])
      await repository.git('config', `uploadpack.${key}`, 'true');
    return repository;
  }

  git(...args: readonly string[]): Promise<string> {
    return git(this.path, ...args);
  }

  /** Commits one file and gives the new commit. */
  async commit(file: string, content: string): Promise<string> {
    await writeFile(`${this.path}/${file}`, content);
    await this.git('add', '.');
    await this.git('commit', '--quiet', '--message', `${file}: ${content}`);
    return await this.git('rev-parse', 'HEAD');
  }
}

/** Serves the repositories below a directory over smart HTTP, to those who know the password. */
export class GitServer implements AsyncDisposable {
  readonly #server: Server;
  /** Of each request, as it came in. */
  readonly requests: { readonly url: string; readonly authorization: string | undefined }[] = [];
  /** Status for the next requests instead of an answer. */
  readonly failures: number[] = [];

  private constructor(root: string, password: string) {
    const expected = `Basic ${Buffer.from(`gitlab-ci-token:${password}`).toString('base64')}`;
    this.#server = createServer((request, response) => {
      this.requests.push({ url: request.url ?? '', authorization: request.headers.authorization });
      const failure = this.failures.shift();
      if (failure !== undefined) return response.writeHead(failure).end();
      if (request.headers.authorization !== expected)
        return response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return serve(root, request, response);
    });
  }

  static async start(root: string, password: string, address = '127.0.0.1'): Promise<GitServer> {
    const server = new GitServer(root, password);
    await new Promise<void>((resolve) => server.#server.listen(0, address, resolve));
    return server;
  }

  /** `http://user:password@host:port/path`, as a payload has it. */
  url(path: string, password: string): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://gitlab-ci-token:${password}@${address}:${port}/${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const env = {
    PATH: '/usr/bin:/bin',
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    PATH_INFO: path,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers['content-type'],
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
    GIT_PROTOCOL: request.headers['git-protocol'] as string | undefined,
    REMOTE_USER: 'gitlab-ci-token',
  };
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  relayCgi(spawn('git', ['http-backend'], { env: given, stdio: ['pipe', 'pipe', 'ignore'] }), request, response);
}
