import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TempDir, tempDir } from '../temp-dir.ts';
import type { Account } from './accounts.ts';
import { certificateLine, makeTokenKey } from './certificates.ts';

export interface TokenServerOptions {
  readonly accounts: readonly Account[];
  /** Identity tokens and whose they are. */
  readonly identityTokens?: Readonly<Record<string, string>>;
  /** Seconds that a token is good for. */
  readonly lifetime?: number;
  /** Repositories that an account may use; every one when left out. */
  readonly grants?: Readonly<Record<string, readonly string[]>>;
}

/** One token that was asked for. */
export interface TokenRequest {
  readonly user: string | undefined;
  readonly scopes: readonly string[];
  readonly grant: 'basic' | 'password' | 'refresh_token' | 'anonymous';
  readonly status: number;
}

interface Claim {
  readonly user: string | undefined;
  readonly grant: TokenRequest['grant'];
  readonly scopes: readonly string[];
}

/** Hands out the Bearer tokens that a registry asks for, signed with a key of its own. */
export class TokenServer implements AsyncDisposable {
  readonly service = 'registry.test';
  readonly issuer = 'token server of a test';
  readonly requests: TokenRequest[] = [];
  /** Path of the certificate of its key. */
  readonly certificate: string;
  readonly #server: Server;
  readonly #folder: TempDir;
  readonly #key: KeyObject;
  readonly #chain: readonly string[];
  readonly #options: TokenServerOptions;

  constructor(
    server: Server,
    folder: TempDir,
    key: { certificate: string; key: KeyObject; chain: readonly string[] },
    options: TokenServerOptions,
  ) {
    this.#server = server;
    this.#folder = folder;
    this.certificate = key.certificate;
    this.#key = key.key;
    this.#chain = key.chain;
    this.#options = options;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response));
  }

  get realm(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/token`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const claim = request.method === 'POST' ? this.#posted(await text(request)) : this.#asked(request);
    const status = claim === undefined ? 401 : 200;
    this.requests.push({ user: claim?.user, scopes: claim?.scopes ?? [], grant: claim?.grant ?? 'basic', status });
    response.writeHead(status, { 'content-type': 'application/json' });
    if (claim === undefined) {
      response.end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'wrong user or password' }] }));
      return;
    }
    const { lifetime = 300 } = this.#options;
    const token = this.#token(claim, lifetime);
    const times = { expires_in: lifetime, issued_at: new Date().toISOString() };
    response.end(JSON.stringify({ token, access_token: token, ...times }));
  }

  #asked({ url = '', headers }: IncomingMessage): Claim | undefined {
    const scopes = new URL(url, this.realm).searchParams.getAll('scope');
    if (headers.authorization === undefined) return { user: undefined, grant: 'anonymous', scopes };
    const pair = Buffer.from(headers.authorization.replace(/^Basic /, ''), 'base64').toString();
    const [username = '', ...password] = pair.split(':');
    return this.#known(username, password.join(':')) ? { user: username, grant: 'basic', scopes } : undefined;
  }

  #posted(body: string): Claim | undefined {
    const form = new URLSearchParams(body);
    const scopes = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    if (form.get('grant_type') === 'refresh_token') {
      const user = this.#options.identityTokens?.[form.get('refresh_token') ?? ''];
      return user === undefined ? undefined : { user, grant: 'refresh_token', scopes };
    }
    const user = form.get('username') ?? '';
    return this.#known(user, form.get('password') ?? '') ? { user, grant: 'password', scopes } : undefined;
  }

  #known(username: string, password: string): boolean {
    return this.#options.accounts.some((one) => one.username === username && one.password === password);
  }

  #token({ user, scopes }: Claim, lifetime: number): string {
    const now = Math.floor(Date.now() / 1000);
    const access = user === undefined ? [] : scopes.flatMap((scope) => this.#access(user, scope));
    const claims = {
      iss: this.issuer,
      sub: user ?? '',
      aud: this.service,
      exp: now + lifetime,
      nbf: now - 10,
      iat: now,
    };
    const head = encode({ typ: 'JWT', alg: 'RS256', x5c: this.#chain });
    const signed = `${head}.${encode({ ...claims, jti: randomUUID(), access })}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#key).toString('base64url')}`;
  }

  #access(user: string, scope: string): object[] {
    const [, type = '', name = '', actions = ''] = /^([^:]+):(.+):([^:]*)$/.exec(scope) ?? [];
    const granted = this.#options.grants?.[user];
    if (granted !== undefined && !granted.includes(name)) return [];
    return [{ type, name, actions: actions.split(',') }];
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Starts a token server on a free port of 127.0.0.1. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const folder = await tempDir();
  const { certificate, key } = await makeTokenKey(folder.path);
  const chain = [await certificateLine(certificate)];
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new TokenServer(server, folder, { certificate, key: createPrivateKey(await readFile(key)), chain }, options);
}
