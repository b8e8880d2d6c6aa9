import { shellQuote } from '../common/shell-quote.ts';
import type { ShellVariable } from '../spec/job-spec.ts';

const GREEN = '\x1b[32;1m';
const RESET = '\x1b[0;m';

/** Longest `KEY=value` that a process can be handed; a longer variable stays one of the shell alone. */
const LONGEST_EXPORT = 131_071;

/** Read-only in bash, or numbers in dash: setting one could end the script. Other shells take them. */
const TOUCHY = ['BASHOPTS', 'BASH_VERSINFO', 'EUID', 'OPTIND', 'PPID', 'SHELLOPTS', 'UID'];
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Prints a line in the colour of the agent's notices. */
export const notice = (text: string): string => `printf '%s\\n' ${shellQuote(`${GREEN}${text}${RESET}`)}`;

/** `set` lines that every user script starts with: errexit, pipefail where the shell knows it, no noclobber. */
export const STRICT_MODE = [
  'if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi',
  'set -o errexit',
  'set +o noclobber',
];

/** Sets and exports the variables. A name that no shell can hold is left to the container's environment. */
export function exportVariables(variables: readonly ShellVariable[]): string[] {
  return variables.filter(({ key }) => NAME.test(key)).map(exportVariable);
}

/** Stands in the value of PATH for the image's own PATH, which only the shell knows. No variable can hold a NUL byte. */
export const IMAGE_PATH = '\0PATH\0';

function exportVariable({ key, value }: ShellVariable): string {
  const assignment = `${key}=${value.split(IMAGE_PATH).map(shellQuote).join('"$PATH"')}`;
  if (TOUCHY.includes(key)) return `(${assignment}) 2>/dev/null && export ${assignment} || :`;
  if (isTooLong({ key, value })) return `unset ${key}; ${assignment}`;
  return `export ${assignment}`;
}

/** Whether the kernel would refuse to start a process with this variable in its environment. */
export const isTooLong = ({ key, value }: ShellVariable): boolean =>
  Buffer.byteLength(key) + 1 + Buffer.byteLength(value) > LONGEST_EXPORT;

/** Takes over what earlier steps wrote to the file that GITLAB_ENV names: one `KEY=value` a line, not evaluated. */
export function sourceEnvFile(path: string): string[] {
  const file = shellQuote(path);
  return [
    `export GITLAB_ENV=${file}`,
    `if [ -f ${file} ]; then`,
    '  while IFS= read -r dockworker_line || [ -n "$dockworker_line" ]; do',
    '    case "${dockworker_line%%=*}" in "" | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac',
    `    case "\${dockworker_line%%=*}" in ${TOUCHY.join(' | ')}) (export "$dockworker_line") 2>/dev/null || continue ;; esac`,
    '    case "$dockworker_line" in *=*) export "$dockworker_line" ;; esac',
    `  done < ${file}`,
    '  unset dockworker_line',
    'fi',
  ];
}

export interface CommandEcho {
  /** Name of the sections that multi-line commands are folded into; undefined: only their first line is shown. */
  readonly sectionPrefix: string | undefined;
}

/** The user's commands, each echoed before it runs. */
export function userCommands(commands: readonly string[], echo: CommandEcho): string[] {
  return commands.flatMap((text, index) => {
    const command = text.trim();
    return [...echoCommand(command, index, echo), command];
  });
}

function echoCommand(command: string, index: number, echo: CommandEcho): string[] {
  if (command === '') return ['echo'];
  const lines = command.split('\n');
  if (lines.length === 1) return [notice(`$ ${command}`)];
  if (echo.sectionPrefix === undefined) return [notice(`$ ${lines[0]} # collapsed multi-line command`)];
  const name = `section_${echo.sectionPrefix}_${index}`;
  return [
    `printf 'section_start:%s:${name}[hide_duration=true,collapsed=true]\\r\\033[0K' "$(date +%s)"`,
    notice(`$ ${command}`),
    `printf 'section_end:%s:${name}\\r\\033[0K' "$(date +%s)"`,
  ];
}
