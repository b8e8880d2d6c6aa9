import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';

/** One who may log in at a registry. */
export interface Account {
  readonly username: string;
  readonly password: string;
}

/** An account with a password that no other test has, so that it can be searched for. */
export function randomAccount(username: string): Account {
  return { username, password: `pw-${randomBytes(12).toString('hex')}` };
}

/** `auth` of a config.json: user and password in base64. */
export function basicAuth({ username, password }: Account): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** Text of a config.json with these accounts by their keys. */
export function authConfig(accounts: Readonly<Record<string, Account>>): string {
  const auths = Object.entries(accounts).map(([key, account]) => [key, { auth: basicAuth(account) }]);
  return JSON.stringify({ auths: Object.fromEntries(auths) });
}

/** Every form in which a password of the account may turn up. */
export function secretForms(account: Account): string[] {
  return [account.password, basicAuth(account)];
}

/** A line of an htpasswd file. The registry takes bcrypt only, which Debian's crypt(3) has. */
export async function htpasswdLine({ username, password }: Account): Promise<string> {
  const salt = randomBytes(11).toString('hex');
  const child = spawn('perl', ['-e', `print crypt(<STDIN>, '$2y$05$${salt}')`], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(password);
  const hash = await text(child.stdout);
  if (!hash.startsWith('$2y$05$')) throw new Error("this system's crypt(3) has no bcrypt");
  return `${username}:${hash}\n`;
}
