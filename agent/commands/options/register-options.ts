import { Option, type Command } from 'commander';
import { configOption, newCommand } from './new-command.ts';
import { addEntryOptions } from './entry-settings.ts';
import type { FieldOption } from './field-options.ts';
import { parseFlag, parseInteger } from './field-values.ts';

/** Options of `register` that are not keys of the entry. */
export interface RegisterOptions {
  readonly config: string;
  readonly url?: string;
  readonly token?: string;
  readonly registrationToken?: string;
  readonly nonInteractive?: boolean;
  readonly name?: string;
  readonly description?: string;
  readonly executor?: string;
  readonly templateConfig?: string;
  readonly leaveRunner?: boolean;
  readonly tagList?: string;
  readonly runUntagged?: boolean;
  readonly locked?: boolean;
  readonly accessLevel?: string;
  readonly maximumTimeout?: number;
  readonly paused?: boolean;
  readonly maintenanceNote?: string;
}

export interface RegisterCommand {
  readonly command: Command;
  readonly entryOptions: readonly FieldOption[];
}

/** The command `register` with its options, without its action. */
export function registerCommandLine(): RegisterCommand {
  const command = newCommand('register', 'Register a runner and add it to the config file');
  const own = [
    configOption(),
    text('-u, --url <url>', 'URL of the coordinator', 'CI_SERVER_URL'),
    text('-t, --token <token>', 'authentication token (glrt-...)', 'CI_SERVER_TOKEN'),
    text('-r, --registration-token <token>', 'registration token', 'REGISTRATION_TOKEN'),
    flag('-n, --non-interactive [bool]', 'ask nothing', 'REGISTER_NON_INTERACTIVE'),
    text('--name <name>', 'name of the runner; default: the host name', 'RUNNER_NAME'),
    new Option('--description <name>', 'the same as --name').hideHelp(),
    text('-e, --executor <executor>', 'docker', 'RUNNER_EXECUTOR'),
    text('--template-config <file>', 'file whose entry fills what is not said here', 'TEMPLATE_CONFIG_FILE'),
    flag('--leave-runner [bool]', 'do not unregister when the entry cannot be written', 'REGISTER_LEAVE_RUNNER'),
    ...serverOptions(),
  ];
  for (const option of own) command.addOption(option);
  return { command, entryOptions: addEntryOptions(command) };
}

function serverOptions(): Option[] {
  const only = 'only with a registration token:';
  return [
    text('--tag-list <tags>', `${only} tags, separated by commas`, 'RUNNER_TAG_LIST'),
    flag(
      '--run-untagged [bool]',
      `${only} take jobs without tags; default: true without tags`,
      'REGISTER_RUN_UNTAGGED',
    ),
    flag('--locked [bool]', `${only} lock the runner to its project; default: true`, 'REGISTER_LOCKED'),
    text('--access-level <level>', `${only} not_protected or ref_protected`, 'REGISTER_ACCESS_LEVEL'),
    text('--maximum-timeout <seconds>', `${only} longest job`, 'REGISTER_MAXIMUM_TIMEOUT').argParser(parseInteger),
    flag('--paused [bool]', `${only} take no jobs yet`, 'REGISTER_PAUSED'),
    text('--maintenance-note <note>', `${only} a note for those who look after it`, 'REGISTER_MAINTENANCE_NOTE'),
  ];
}

function text(flags: string, description: string, env: string): Option {
  return new Option(flags, description).env(env);
}

function flag(flags: string, description: string, env: string): Option {
  return new Option(flags, description).env(env).preset('true').argParser(parseFlag);
}
