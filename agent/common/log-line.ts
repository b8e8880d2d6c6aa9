export type LogFormat = 'runner' | 'text' | 'json';

export interface LogStyle {
  readonly format: LogFormat;
  readonly colors: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const hidden = '[hidden]';
const secretName = /token|password|passwd|secret|authorization|private[_-]?key/i;
/** Token shapes of GitLab, JSON web tokens, and the password of a URL. */
const secretValue =
  /\bgl[a-z]{1,6}-[\w.-]{8,}|\bGR1348941[\w-]{8,}|\beyJ[\w-]{8,}\.[\w.-]{8,}|(?<=:\/\/[^/\s@:]{0,100}:)[^/\s@]+(?=@)/g;

/** One entry of the log as the line that is written, with its newline. */
export function formatLogLine(entry: Fields, style: LogStyle): string {
  const { level, time, msg, ...fields } = hideInFields(entry);
  const renamed = Object.entries(fields).map(([name, value]) => [name === 'err' ? 'error' : name, value] as const);
  if (style.format === 'json') return `${JSON.stringify({ level, time, msg, ...Object.fromEntries(renamed) })}\n`;
  const pairs = renamed.map(([name, value]) => `${name}=${quote(value)}`).join(' ');
  if (style.format === 'text')
    return `time=${quote(time)} level=${String(level)} msg=${quote(msg)} ${pairs}`.trimEnd() + '\n';
  return runnerLine(String(level), typeof msg === 'string' ? msg : '', pairs, style.colors);
}

const labels: Readonly<Record<string, string>> = { fatal: 'FATAL: ', error: 'ERROR: ', warn: 'WARNING: ' };
const tints: Readonly<Record<string, string>> = { fatal: '31;1', error: '31;1', warn: '33', debug: '2', trace: '2' };

/** Message first, fields after a gap, as people know it from the peer. */
function runnerLine(level: string, message: string, pairs: string, colors: boolean): string {
  const text = (labels[level] ?? '') + message;
  const head = pairs === '' ? text : text.padEnd(50);
  const tint = colors ? tints[level] : undefined;
  return `${tint === undefined ? head : `\u001b[${tint}m${head}\u001b[0m`}${pairs === '' ? '' : ` ${pairs}`}\n`;
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text);
}

/** The same value without secrets: by the name of a field, by the shape of a text. */
function hideSecrets(value: unknown, name: string): unknown {
  if (secretName.test(name) && (typeof value === 'string' || typeof value === 'object')) return hidden;
  if (typeof value === 'string') return value.replace(secretValue, hidden);
  if (Array.isArray(value)) return value.map((item) => hideSecrets(item, ''));
  return typeof value === 'object' && value !== null ? hideInFields(value) : value;
}

const hideInFields = (fields: object): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, hideSecrets(value, name)]));
