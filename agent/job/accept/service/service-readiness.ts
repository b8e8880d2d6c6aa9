import { parseDuration } from '../../../common/duration.ts';
import { JobFailure } from '../../../common/errors/job-failure.ts';
import type { Probe, Readiness } from '../../../spec/readiness.ts';
import { parseBoolean } from '../../variables/feature-flags.ts';

/** Longer than any job: what a timer can count. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const MAX_PATTERN = 1000;

/**
 * What the variables of a service say about its readiness: DOCKWORKER_READY, _TIMEOUT, _REQUIRED and HEALTHCHECK_TCP_PORT.
 * `environment` has KEY=value, the last one counts; `service` is for messages.
 * @throws {JobFailure} for a value that cannot be used
 */
export function serviceReadiness(environment: readonly string[], service: string, failure: string): Readiness {
  const value = (wanted: RegExp): string | undefined =>
    environment
      .findLast((entry) => wanted.test(entry))
      ?.replace(/^[^=]*=/, '')
      .trim() || undefined;
  const wrong = (name: string, given: string, what: string): JobFailure =>
    new JobFailure('runner_configuration_error', `service "${service}": ${name} is "${given}", which is no ${what}`);
  const ready = value(/^DOCKWORKER_READY=/);
  const port = value(/^HEALTHCHECK_TCP_PORT=/i);
  const probe = ready === undefined ? portProbe(port) : parseProbe(ready);
  if (probe === undefined && ready === undefined) throw wrong('HEALTHCHECK_TCP_PORT', port ?? '', 'port number');
  if (probe === undefined)
    throw wrong(
      'DOCKWORKER_READY',
      ready ?? '',
      'tcp:PORT, http:PORT/PATH, exec:COMMAND, log:REGEX, healthcheck or none',
    );
  const timeout = value(/^DOCKWORKER_READY_TIMEOUT=/);
  const timeoutMs = timeout === undefined ? undefined : parseTimeout(timeout);
  if (timeout !== undefined && timeoutMs === undefined)
    throw wrong('DOCKWORKER_READY_TIMEOUT', timeout, 'duration such as "90s" or "2m"');
  const required = value(/^DOCKWORKER_READY_REQUIRED=/);
  const isRequired = required === undefined ? failure === 'fail' : parseBoolean(required);
  if (isRequired === undefined) throw wrong('DOCKWORKER_READY_REQUIRED', required ?? '', 'boolean');
  return { probe, timeoutMs, required: isRequired };
}

function portProbe(text: string | undefined): Probe | undefined {
  if (text === undefined) return { kind: 'image' };
  const port = parsePort(text);
  return port === undefined ? undefined : { kind: 'tcp', port };
}

function parseProbe(text: string): Probe | undefined {
  if (text === 'none' || text === 'healthcheck') return { kind: text };
  const [, kind, argument = ''] = /^(tcp|http|exec|log):\s*(.+)$/s.exec(text) ?? [];
  switch (kind) {
    case 'tcp':
      return portProbe(argument);
    case 'http':
      return parseHttp(argument);
    case 'exec':
      return { kind, command: argument };
    case 'log':
      return isPattern(argument) ? { kind, pattern: argument } : undefined;
    default:
      return undefined;
  }
}

function parseHttp(text: string): Probe | undefined {
  const [, digits = '', path = '/'] = /^(\d+)(\/[\x21-\x7e]*)?$/.exec(text) ?? [];
  const port = parsePort(digits);
  return port === undefined ? undefined : { kind: 'http', port, path };
}

function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65_536 ? port : undefined;
}

/** A bare number is seconds. */
function parseTimeout(text: string): number | undefined {
  const ms = parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
  return ms === undefined || ms <= 0 ? undefined : Math.min(ms, MAX_TIMEOUT_MS);
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== '' && text.length <= MAX_PATTERN;
  } catch {
    return false;
  }
}
