import { z } from 'zod';

/** User name and password, or an identity token in place of the password. */
export interface Secret {
  readonly username: string;
  readonly password: string;
  readonly identityToken?: string;
}

interface ParsedEntry {
  readonly secret: Secret | undefined;
  readonly problem: string | undefined;
}

const entrySchema = z.looseObject({
  auth: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  identitytoken: z.string().nullish(),
  registrytoken: z.string().nullish(),
});

/** Reads one value of `auths`. A problem never quotes the value. */
export function parseAuthEntry(value: unknown): ParsedEntry {
  const entry = entrySchema.safeParse(value ?? {});
  if (!entry.success) return { secret: undefined, problem: 'not a table of texts' };
  const { auth, username, password, identitytoken, registrytoken } = entry.data;
  const decoded = auth ? decodeAuth(auth) : undefined;
  const problem = typeof decoded === 'string' ? decoded : undefined;
  const login = typeof decoded === 'object' ? decoded : username ? { username, password: password ?? '' } : undefined;
  if (identitytoken)
    return { secret: { username: login?.username ?? '', password: '', identityToken: identitytoken }, problem };
  if (login === undefined && problem === undefined && registrytoken)
    return { secret: undefined, problem: '"registrytoken" is not supported' };
  return { secret: login, problem };
}

/** @returns what is wrong, when it is no user name and password */
function decodeAuth(auth: string): Secret | string {
  const text = auth.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) return '"auth" is not base64';
  const decoded = Buffer.from(text, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  if (colon < 0) return '"auth" has no colon between user name and password';
  if (colon === 0) return '"auth" has no user name';
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
