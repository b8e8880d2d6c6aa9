import { Option, type Command } from 'commander';
import type { SigtermPolicy } from '../../daemon/shutdown.ts';
import { defaultStateDir, processPathContext } from '../../config/default-paths.ts';

/** Options of `run`. */
export interface RunOptions {
  readonly config: string;
  readonly stateDir: string;
  /** Wins over the key of the config file. */
  readonly onSigterm?: SigtermPolicy;
  /** `host:port`; wins over the key of the config file. */
  readonly listenAddress?: string;
  readonly workingDirectory?: string;
  readonly user?: string;
  readonly service?: string;
  readonly syslog?: boolean;
}

/** The option that says where jobs and their traces are kept. */
export function stateDirOption(): Option {
  const fallback = defaultStateDir(processPathContext());
  return new Option('--state-dir <dir>', 'where jobs and their logs are kept')
    .env('DOCKWORKER_STATE_DIR')
    .default(fallback);
}

/** The option that says what becomes of running jobs. */
export function onSigtermOption(): Option {
  return new Option(
    '--on-sigterm <policy>',
    'abort running jobs, or detach: they go on, and the next start resumes them',
  )
    .env('DOCKWORKER_ON_SIGTERM')
    .choices(['abort', 'detach']);
}

/** The peer's options that service managers pass on and that have nothing to do here. */
export function addServiceOptions(command: Command): void {
  command.addOption(new Option('-d, --working-directory <dir>', 'accepted, without effect').hideHelp());
  command.addOption(new Option('-u, --user <user>', 'accepted, without effect').hideHelp());
  command.addOption(new Option('-n, --service <name>', 'accepted, without effect').hideHelp());
  command.addOption(new Option('--syslog [bool]', 'accepted, without effect').env('LOG_SYSLOG').hideHelp());
}

/** One sentence for each option that was given and does nothing. */
export function serviceOptionWarnings({ workingDirectory, user, service, syslog }: RunOptions): string[] {
  const given = { '--working-directory': workingDirectory, '--user': user, '--service': service, '--syslog': syslog };
  return Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([option]) => `${option} has no effect in this version`);
}
