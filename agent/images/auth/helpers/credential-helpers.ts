import { z } from 'zod';
import type { Secret } from '../keys/parse-auth-entry.ts';
import type { HelperAction, HelperReply, RunHelper } from './run-helper.ts';

/** What a helper had to say: an answer, or a failure in our words. */
export type HelperAnswer<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'failed'; readonly reason: string };

const secretSchema = z.object({ Username: z.string().default(''), Secret: z.string().default('') });
const listSchema = z.record(z.string(), z.unknown());
const NOT_FOUND = /credentials? not found/i;
/** Identity tokens come under this user name. */
const TOKEN_USER = '<token>';

/** The credential helpers of one job. Each question is asked once; concurrent askers share the answer. */
export class CredentialHelpers {
  readonly #run: RunHelper;
  readonly #signal: AbortSignal;
  readonly #replies = new Map<string, Promise<HelperReply>>();

  constructor(run: RunHelper, signal: AbortSignal) {
    this.#run = run;
    this.#signal = signal;
  }

  /** The secret that the helper has for a server. Rejects only with the reason of the signal. */
  async get(name: string, server: string): Promise<HelperAnswer<Secret>> {
    const answer = readAnswer(await this.#ask(name, 'get', server), secretSchema);
    if (answer.kind !== 'found') return answer;
    const { Username: username, Secret: secret } = answer.value;
    if (username === '' && secret === '') return { kind: 'not-found' };
    const isToken = username === TOKEN_USER;
    return {
      kind: 'found',
      value: isToken ? { username: '', password: '', identityToken: secret } : { username, password: secret },
    };
  }

  /** The servers that the helper has a secret for. Rejects only with the reason of the signal. */
  async list(name: string): Promise<HelperAnswer<readonly string[]>> {
    const answer = readAnswer(await this.#ask(name, 'list', ''), listSchema);
    return answer.kind === 'found' ? { kind: 'found', value: Object.keys(answer.value) } : answer;
  }

  #ask(name: string, action: HelperAction, input: string): Promise<HelperReply> {
    const question = `${name}\0${action}\0${input}`;
    const known = this.#replies.get(question);
    if (known !== undefined) return known;
    const reply = this.#run(name, action, input, this.#signal);
    this.#replies.set(question, reply);
    return reply;
  }
}

/** Neither the output of a failed helper nor what is no answer is repeated: either may be a secret. */
function readAnswer<T>(reply: HelperReply, schema: z.ZodType<T>): HelperAnswer<T> {
  if (reply.kind === 'failed') return reply;
  if (reply.exitCode !== 0) {
    if (NOT_FOUND.test(reply.stdout)) return { kind: 'not-found' };
    return { kind: 'failed', reason: `ended with exit code ${reply.exitCode}` };
  }
  const json = parseJson(reply.stdout);
  const value = schema.safeParse(json);
  return value.success
    ? { kind: 'found', value: value.data }
    : { kind: 'failed', reason: 'gave no answer that can be read' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
