import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseFlag } from './field-values.ts';

/** Global options about the log, as given; the config file decides what they leave open. */
export interface LogOptions {
  readonly level: string | undefined;
  readonly format: string | undefined;
}

interface LogFlags {
  readonly debug?: boolean;
  readonly logLevel?: string;
  readonly logFormat?: string;
}

const LEVELS = ['panic', 'fatal', 'error', 'warning', 'info', 'debug'];
const FORMATS = ['runner', 'text', 'json'];

/** Adds `--debug`, `--log-level` and `--log-format`. */
export function addLogOptions(program: Command): void {
  program.addOption(
    new Option('--debug [bool]', 'the same as --log-level debug')
      .env('RUNNER_DEBUG')
      .preset('true')
      .argParser(parseFlag),
  );
  program.addOption(choice('-l, --log-level <level>', LEVELS, 'LOG_LEVEL'));
  program.addOption(choice('--log-format <format>', FORMATS, 'LOG_FORMAT'));
}

/** What the global options before or after a command say. */
export function logOptions(command: Command): LogOptions {
  const { debug, logLevel, logFormat } = command.optsWithGlobals<LogFlags>();
  return { level: debug ? 'debug' : logLevel, format: logFormat };
}

/** The variables have common names: `WARN` and `Info` of another program's making do as well. */
function choice(flags: string, choices: readonly string[], env: string): Option {
  return new Option(flags, choices.join(', ')).env(env).argParser((text) => {
    const chosen = choices.find((one) => one.startsWith(text.toLowerCase()) && text !== '');
    if (chosen === undefined) throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`);
    return chosen;
  });
}
