import { z } from 'zod';
import type { Credential } from '../auth/credential.ts';
import type { RegistryAnswer, RegistryRequest } from './registry-transport.ts';

/** What a token is wanted for. */
export interface TokenQuestion {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly repository: string;
  readonly credential: Credential | undefined;
}

const defaultLifetimeSeconds = 60;
const clientId = 'dockworker';
const tokenReply = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
});

/** The question to a token server: an identity token is a refresh token of its own grant, a password goes by Basic, nobody asks bare. */
export function tokenRequest({ realm, service, repository, credential }: TokenQuestion): RegistryRequest {
  const facts = { ...(service === undefined ? {} : { service }), scope: `repository:${repository}:pull` };
  if (credential?.identityToken !== undefined) {
    const grant = { grant_type: 'refresh_token', refresh_token: credential.identityToken, client_id: clientId };
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    const url = new URL(realm);
    return { method: 'POST', url, headers, body: new URLSearchParams({ ...grant, ...facts }).toString() };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(facts)) url.searchParams.set(name, value);
  if (credential !== undefined) url.searchParams.set('account', credential.username);
  const authorization = credential === undefined ? undefined : basicAuthorization(credential);
  return { method: 'GET', url, headers: { accept: 'application/json' }, authorization };
}

/** The token of an answer with status 200 and how long it is good, milliseconds; undefined when there is none in it. */
export function readToken({ body }: RegistryAnswer): { token: string; lifetimeMs: number } | undefined {
  const reply = tokenReply.safeParse(parseJson(body)).data;
  const token = reply?.token || reply?.access_token;
  if (!token || /[^\x21-\x7e]/.test(token)) return undefined;
  return { token, lifetimeMs: (reply?.expires_in || defaultLifetimeSeconds) * 1000 };
}

export const basicAuthorization = ({ username, password }: Credential): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
