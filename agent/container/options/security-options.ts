import { readFileSync, statSync } from 'node:fs';
import { errorCode } from '../../common/errors/error-code.ts';
import { refusedValue } from './refused-value.ts';

/** Profiles that the engine has itself. */
const BUILT_IN: readonly string[] = ['unconfined', 'builtin'];

/**
 * `security_opt` as the engine takes it: a `seccomp=<file>` is read on this host and given as its content.
 * @throws {JobFailure} for a file that is missing or no JSON, and for a text without value
 */
export function securityOptions(key: string, options: readonly string[]): string[] {
  return options.map((option) => {
    const [, name, value] = /^([^=:]+)[=:](.*)$/s.exec(option) ?? [option, option, undefined];
    if (value === undefined && name !== 'no-new-privileges')
      throw refusedValue(key, option, 'name=value or name:value', 'runner_configuration_error');
    if (name !== 'seccomp' || value === undefined || BUILT_IN.includes(value)) return option;
    return `seccomp=${profile(value, (what) => refusedValue(key, option, what))}`;
  });
}

/** Small, local and the operator's own: reading it at once keeps all options pure values. */
function profile(path: string, wrong: (expected: string) => Error): string {
  try {
    if (!statSync(path).isFile()) throw wrong('a file');
    return JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong('a seccomp profile in JSON; the file holds something else');
    const code = errorCode(error);
    if (code !== undefined) throw wrong(`a seccomp profile; the file cannot be read on the agent's host (${code})`);
    throw error;
  }
}
