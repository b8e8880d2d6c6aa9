import { Command, Option } from 'commander';
import { defaultConfigPath, processPathContext } from '../../config/default-paths.ts';

/** A command that throws instead of ending the process, and that points to its help after a mistake. */
export function newCommand(name: string, summary: string): Command {
  const hint = name === 'dockworker' ? name : `dockworker ${name}`;
  return new Command(name)
    .description(summary)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(withoutValue(text)) })
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError(`(${hint} --help shows what it takes)`);
}

/** A misspelt `--tokn=...` is reported by its name alone: its value may be a secret. */
function withoutValue(text: string): string {
  return text.replace(/(unknown option '-[^'=]*)=[^\n]*'/, "$1'");
}

/** `-c, --config` with its environment twin. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'config file')
    .env('CONFIG_FILE')
    .default(defaultConfigPath(processPathContext()));
}
