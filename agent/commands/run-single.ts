import { Option, type Command } from 'commander';
import { CommandFailedError } from '../common/errors/command-failed-error.ts';
import { UsageError } from '../common/errors/usage-error.ts';
import type { TomlTable } from '../config/check/parse-toml.ts';
import { createLogger } from '../common/logger.ts';
import { loadConfig } from '../config/load-config.ts';
import { configSchema } from '../config/schema.ts';
import { runnerSchema, type RunnerConfig } from '../config/schema/runner.ts';
import { makePrivateStateDir } from '../config/state/private-state-dir.ts';
import { systemId } from '../config/system-id.ts';
import { Sweeps } from '../daemon/sweeps.ts';
import { runDaemon } from '../daemon/daemon.ts';
import { JobQuota } from '../daemon/job-quota.ts';
import { jobRunner } from '../job/run-job.ts';
import { sharedCoordinators } from './coordinator-for.ts';
import { makeJobHost } from './make-job-host.ts';
import { configOption, newCommand } from './options/new-command.ts';
import { addEntryOptions, assertSettings, entrySettings } from './options/entry-settings.ts';
import { parseInteger } from './options/field-values.ts';
import { logOptions, type LogOptions } from './options/log-options.ts';
import { stateDirOption } from './options/run-options.ts';

/** Options of `run-single` that are not keys of the entry. */
interface RunSingleFlags {
  readonly config: string;
  readonly stateDir: string;
  readonly runner?: string;
  readonly url?: string;
  readonly token?: string;
  readonly name?: string;
  readonly executor?: string;
  /** 0: any number. */
  readonly maxBuilds: number;
  /** Seconds without a job; 0: for ever. */
  readonly waitTimeout: number;
}

/** What `run-single` is to do. */
export interface RunSingleOptions extends Pick<RunSingleFlags, 'config' | 'stateDir' | 'maxBuilds' | 'waitTimeout'> {
  readonly runner: RunnerConfig;
}

/** `dockworker run-single`: runs jobs for one runner that needs no entry in the config file. */
export function runSingleCommand(): Command {
  const command = newCommand('run-single', 'Run jobs for one runner, given by options or by its name')
    .addOption(configOption())
    .addOption(stateDirOption())
    .addOption(new Option('-r, --runner <name>', 'the entry of this name in the config file'))
    .addOption(new Option('-u, --url <url>', 'URL of the coordinator').env('CI_SERVER_URL'))
    .addOption(new Option('-t, --token <token>', 'token of the runner').env('CI_SERVER_TOKEN'))
    .addOption(new Option('--name <name>', 'name of the runner').env('RUNNER_NAME'))
    .addOption(new Option('-e, --executor <executor>', 'docker').env('RUNNER_EXECUTOR'))
    .addOption(new Option('--max-builds <number>', 'end after so many jobs').argParser(parseInteger).default(0))
    .addOption(
      new Option('--wait-timeout <seconds>', 'end after so long without a job').argParser(parseInteger).default(0),
    );
  const entryOptions = addEntryOptions(command);
  return command.action(async (flags: RunSingleFlags) => {
    const runner = await chooseRunner(flags, entrySettings(command, entryOptions));
    await runSingle({ ...flags, runner }, logOptions(command));
  });
}

async function chooseRunner(flags: RunSingleFlags, said: TomlTable): Promise<RunnerConfig> {
  if (flags.runner !== undefined) {
    const { config } = await loadConfig(flags.config, process.env);
    const found = config.runners.find(({ name }) => name === flags.runner);
    if (found === undefined) throw new UsageError(`${flags.config} has no runner of the name ${flags.runner}`);
    return found;
  }
  const { url, token, name = 'run-single', executor = 'docker' } = flags;
  if (!url || !token) throw new UsageError('run-single needs --url and --token, or --runner');
  if (executor !== 'docker') throw new UsageError(`the executor ${JSON.stringify(executor)} is not supported`);
  assertSettings(said);
  return runnerSchema.parse({ ...said, name, url, token, executor });
}

/** The daemon with one runner: it drains once it has had its jobs, or none for too long. */
async function runSingle(
  { runner, config: path, stateDir, ...limits }: RunSingleOptions,
  log: LogOptions,
): Promise<void> {
  const logger = createLogger({ level: log.level ?? 'info', format: log.format ?? 'runner' });
  const { id, warning } = await systemId(path);
  if (warning !== undefined) logger.warn(warning);
  const state = await makePrivateStateDir(stateDir);
  const host = makeJobHost({ stateDir: state.path, systemId: id, logger });
  using sweeps = new Sweeps(host, stateDir, [runner]);
  void sweeps.run();
  using quota = new JobQuota(limits, process);
  const config = { ...configSchema.parse({}), concurrent: 1, runners: [runner] };
  const loaded = { path, config, warnings: [], text: '', exists: false };
  const { exitCode, busy } = await runDaemon({
    loaded,
    systemId: id,
    runJob: quota.count(jobRunner(host)),
    logger,
    signals: quota,
    onSigterm: 'abort',
    reload: async () => loaded,
    makeCoordinator: sharedCoordinators(path),
    deliveries: host.deliveries,
    single: true,
    settle: async () => {
      await host.cleanups.idle();
      await sweeps.settle();
    },
  });
  if (!busy) state.remove();
  if (exitCode !== 0) throw new CommandFailedError('the agent was ended before its job was');
  if (host.deliveries.left > 0) throw new CommandFailedError('the coordinator has not taken the result of a job');
}
