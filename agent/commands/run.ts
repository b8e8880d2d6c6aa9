import { Option, type Command } from 'commander';
import { CommandFailedError } from '../common/command-failed-error.ts';
import { loadConfig } from '../config/load-config.ts';
import { configOption, newCommand } from './new-command.ts';
import { logOptions, type LogOptions } from './options/log-options.ts';
import { addServiceOptions, serviceOptionWarnings, stateDirOption, type RunOptions } from './options/run-options.ts';

/** `dockworker run`: the daemon. */
export function runCommand(): Command {
  const command = newCommand('run', 'Run jobs for the runners of the config file')
    .addOption(configOption())
    .addOption(stateDirOption())
    .addOption(new Option('--listen-address <address>', 'host:port of metrics and debug pages').env('LISTEN_ADDRESS'));
  addServiceOptions(command);
  return command.action((options: RunOptions) => run(options, logOptions(command)));
}

async function run(options: RunOptions, log: LogOptions): Promise<void> {
  const { warnings } = await loadConfig(options.config, process.env);
  for (const warning of [...serviceOptionWarnings(options), ...warnings]) console.error(`WARNING: ${warning}`);
  throw new CommandFailedError(`run is not wired yet (log level ${log.level ?? 'of the config file'})`);
}
