import { readFile } from 'node:fs/promises';
import { errorCode } from '../common/errors/error-code.ts';
import { checkConfig } from './check/check-config.ts';
import { ConfigError, formatProblem } from './config-error.ts';
import type { Config } from './schema.ts';
import type { RunnerConfig } from './schema/runner.ts';

const BYTE_ORDER_MARK = /^\uFEFF/;

/** A config file that can be used. */
export interface LoadedConfig {
  readonly path: string;
  readonly config: Config;
  /** Sentences for the log, each complete with file and line where there is one. */
  readonly warnings: readonly string[];
  /** The file as it was read, without a byte order mark; empty when there is none. */
  readonly text: string;
  readonly exists: boolean;
}

/**
 * Reads a config file. A file that is missing or empty is a config without runners. `env` replaces `$NAME` in url and
 * token; pass undefined to leave them as they are.
 * Throws ConfigError for what makes the file unusable.
 */
export async function loadConfig(path: string, env: NodeJS.ProcessEnv | undefined): Promise<LoadedConfig> {
  const found = await readIfThere(path);
  const text = (found ?? '').replace(BYTE_ORDER_MARK, '');
  const { config, errors, unknownKeys, unimplemented } = checkConfig(text, env);
  if (config === undefined) throw new ConfigError(path, errors);
  const warnings = [
    ...unknownKeys.map((problem) => `${formatProblem(path, problem)} (ignored)`),
    ...(unimplemented.length === 0 ? [] : [withoutEffect(path, unimplemented)]),
    ...config.runners.filter((runner) => !isDockerRunner(runner)).map((runner) => otherExecutor(path, runner)),
  ];
  return { path, config, warnings, text, exists: found !== undefined };
}

/** The entries that this agent runs jobs for. */
export function dockerRunners(config: Config): RunnerConfig[] {
  return config.runners.filter(isDockerRunner);
}

function isDockerRunner(runner: RunnerConfig): boolean {
  return runner.executor === 'docker';
}

function withoutEffect(path: string, keys: readonly string[]): string {
  const [are, have] = keys.length === 1 ? ['this key is', 'has'] : ['these keys are', 'have'];
  return `${path}: ${are} known but ${have} no effect in this version: ${keys.join(', ')}`;
}

function otherExecutor(path: string, runner: RunnerConfig): string {
  return `${path}: [[runners]] "${runner.name}" has the executor "${runner.executor}"; only docker is supported, no jobs are requested for it`;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return undefined;
    const problem = {
      message: `cannot be read (${code ?? String(error)})`,
      key: '',
      line: undefined,
      column: undefined,
    };
    throw new ConfigError(path, [problem], { cause: error });
  }
}
