import { Option, type Command } from 'commander';
import { CommandFailedError } from '../common/errors/command-failed-error.ts';
import { createLogger, type Logger } from '../common/logger.ts';
import { lockConfig } from '../config/config-lock.ts';
import { formatProblem } from '../config/config-error.ts';
import { dockerRunners, loadConfig, type LoadedConfig } from '../config/load-config.ts';
import { lockStateDir } from '../config/state/lock-state-dir.ts';
import { systemId } from '../config/system-id.ts';
import { Sweeps } from '../daemon/sweeps.ts';
import { runDaemon } from '../daemon/daemon.ts';
import { valueProblems } from '../doctor/values/value-problems.ts';
import { jobRunner } from '../job/run-job.ts';
import { sharedCoordinators } from './coordinator-for.ts';
import { checkEngines, makeJobHost } from './make-job-host.ts';
import { configOption, newCommand } from './options/new-command.ts';
import { logOptions, type LogOptions } from './options/log-options.ts';
import {
  addServiceOptions,
  onSigtermOption,
  serviceOptionWarnings,
  stateDirOption,
  type RunOptions,
} from './options/run-options.ts';

/** `dockworker run`: the daemon. */
export function runCommand(): Command {
  const command = newCommand('run', 'Run jobs for the runners of the config file')
    .addOption(configOption())
    .addOption(stateDirOption())
    .addOption(onSigtermOption())
    .addOption(new Option('--listen-address <address>', 'host:port of metrics and debug pages').env('LISTEN_ADDRESS'));
  addServiceOptions(command);
  return command.action((options: RunOptions) => run(options, logOptions(command)));
}

async function run(options: RunOptions, log: LogOptions): Promise<void> {
  const loaded = await loadConfig(options.config, process.env);
  await using locks = new AsyncDisposableStack();
  const lock = locks.use(await lockConfig(options.config));
  const { log_level, log_format } = loaded.config;
  const logger = createLogger({ level: log.level ?? log_level, format: log.format ?? log_format });
  const { id, warning } = await systemId(options.config);
  warn(logger, [...serviceOptionWarnings(options), ...configWarnings(loaded), lock.warning, warning]);
  locks.use(await lockStateDir(options.stateDir));
  const host = makeJobHost({ stateDir: options.stateDir, systemId: id, logger });
  const runners = dockerRunners(loaded.config);
  using sweeps = new Sweeps(host, options.stateDir, runners);
  void checkEngines(host, runners);
  const daemon = runDaemon({
    loaded,
    systemId: id,
    runJob: jobRunner(host),
    stateDir: options.stateDir,
    logger,
    signals: process,
    onSigterm: options.onSigterm,
    reload: () => reload(options.config, logger, sweeps),
    makeCoordinator: sharedCoordinators(options.config),
    deliveries: host.deliveries,
    settle: async () => {
      await host.cleanups.idle();
      await sweeps.settle();
    },
  });
  void sweeps.run();
  // Only now: whoever reads this line may send a signal, and the daemon has to be listening.
  logger.info({ config: options.config, concurrent: loaded.config.concurrent, runners: runners.length }, 'Started');
  const { exitCode, busy } = await daemon;
  // What is ours stays marked as ours until the process is gone.
  if (busy) locks.move();
  if (exitCode !== 0) throw new CommandFailedError('the agent was ended before all of its jobs were');
}

async function reload(path: string, logger: Logger, sweeps: Sweeps): Promise<LoadedConfig> {
  const loaded = await loadConfig(path, process.env);
  warn(logger, configWarnings(loaded));
  sweeps.runners = dockerRunners(loaded.config);
  return loaded;
}

function configWarnings({ path, config, text, warnings }: LoadedConfig): string[] {
  const problems = valueProblems(text, config).map((problem) => formatProblem(path, problem));
  return [...warnings, ...problems.map((problem) => `${problem}: jobs that need it fail`)];
}

function warn(logger: Logger, warnings: readonly (string | undefined)[]): void {
  for (const warning of warnings) if (warning !== undefined) logger.warn(warning);
}
