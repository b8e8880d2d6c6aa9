import { pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';
import { describeError } from './errors/describe-error.ts';
import { formatLogLine, type LogFormat } from './log-line.ts';

/** The agent's own log. It never holds job output, and tokens are taken out of what it is given. */
export type Logger = PinoLogger;

export interface LoggerOptions {
  /** `log_level` of the configuration. Anything unknown means `info`. */
  readonly level: string;
  /** `log_format`: `json`, `text`, anything else means `runner`. */
  readonly format: string;
  /** Where whole lines go; standard error when left out. */
  readonly write?: (line: string) => void;
  /** Colours in the `runner` format; when left out, they depend on standard error being a terminal. */
  readonly colors?: boolean;
}

const levels: Readonly<Record<string, string>> = {
  panic: 'fatal',
  fatal: 'fatal',
  error: 'error',
  warning: 'warn',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
};

/** The logger's name for a `log_level`. */
export const loggerLevel = (level: string): string => levels[level.toLowerCase()] ?? 'info';

/** A logger that writes at once, one line per entry. Errors go under the key `err`. */
export function createLogger({ level, format, write, colors }: LoggerOptions): Logger {
  const print = write ?? ((line) => void process.stderr.write(line));
  const style = { format: logFormat(format), colors: colors ?? (write === undefined && process.stderr.isTTY) };
  const options = {
    level: loggerLevel(level),
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError },
  };
  return pino(options, { write: (json: string) => print(formatLogLine(JSON.parse(json), style)) });
}

const logFormat = (name: string): LogFormat => (name === 'json' || name === 'text' ? name : 'runner');
