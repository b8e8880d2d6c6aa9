import { chmod, readFile, writeFile } from 'node:fs/promises';
import { tempDir, type TempDir } from './temp-dir.ts';

/** A folder of credential helpers that are shell scripts, and what they were asked. */
export interface HelperDir extends AsyncDisposable {
  readonly dir: TempDir;
  /** With the folder before the rest of PATH. */
  readonly env: NodeJS.ProcessEnv;
  /** Makes `docker-credential-<name>`; the script has the action in `$1` and the input in `$server`. */
  add(name: string, script: string): Promise<void>;
  /** One line per call, in order: name, arguments, input. */
  calls(): Promise<string[]>;
}

export async function helperDir(): Promise<HelperDir> {
  const dir = await tempDir();
  const log = dir.file('calls.log');
  await writeFile(log, '');
  return {
    dir,
    env: { ...process.env, PATH: `${dir.path}:${process.env['PATH'] ?? ''}` },
    add: async (name, script) => {
      const file = dir.file(`docker-credential-${name}`);
      const preamble = `server=$(cat)\nprintf '%s %s <%s>\\n' '${name}' "$*" "$server" >>'${log}'`;
      await writeFile(file, `#!/bin/sh\n${preamble}\n${script}\n`);
      await chmod(file, 0o755);
    },
    calls: async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line !== ''),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** A script that answers `get` with these for one server, and `list` with that server. */
export const answering = (server: string, username: string, secret: string): string =>
  `case $1 in
list) echo '{"${server}":"${username}"}' ;;
get) if [ "$server" = '${server}' ]; then echo '{"ServerURL":"${server}","Username":"${username}","Secret":"${secret}"}'
  else echo 'credentials not found in native keychain'; exit 1; fi ;;
esac`;
