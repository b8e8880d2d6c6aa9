import type { Command } from 'commander';
import { shortToken } from '../common/short-token.ts';
import { loadConfig } from '../config/load-config.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import { configOption, newCommand } from './options/new-command.ts';

interface ListOptions {
  readonly config: string;
}

/** `dockworker list`: the runners of a config file, without asking anybody. */
export function listCommand(): Command {
  return newCommand('list', 'List the runners of the config file, tokens shortened')
    .addOption(configOption())
    .action(async ({ config: path }: ListOptions) => {
      const { config, exists } = await loadConfig(path, undefined);
      if (config.runners.length === 0) console.log(exists ? `${path} has no runners` : `There is no ${path}`);
      for (const runner of config.runners) console.log(describeRunner(runner));
    });
}

function describeRunner({ name, executor, token, url }: RunnerConfig): string {
  const shown = token.startsWith('$') ? token : shortToken(token);
  return `${name.padEnd(40)} Executor=${executor} Token=${shown} URL=${url}`;
}
