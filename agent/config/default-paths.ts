import { homedir } from 'node:os';
import { join } from 'node:path';

/** Who asks: decides between the system's paths and the user's own. */
export interface PathContext {
  readonly isRoot: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
}

/** The context of this process. */
export function processPathContext(): PathContext {
  return { isRoot: process.getuid?.() === 0, env: process.env, home: homedir() };
}

/** Where the config file is when nobody says. */
export function defaultConfigPath({ isRoot, env, home }: PathContext): string {
  if (isRoot) return '/etc/dockworker/config.toml';
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'dockworker', 'config.toml');
}

/** Where jobs and their traces are kept when nobody says. */
export function defaultStateDir({ isRoot, env, home }: PathContext): string {
  if (isRoot) return '/var/lib/dockworker';
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'dockworker');
}
