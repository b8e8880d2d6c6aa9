import type { Command } from 'commander';
import { version } from '../common/version.ts';
import { newCommand } from './options/new-command.ts';
import { addLogOptions } from './options/log-options.ts';

interface Verb {
  readonly summary: string;
  /** Imports the command only when it is called: `--version` need not load the whole agent. */
  readonly load: () => Promise<Command>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  register: {
    summary: 'register a runner and add it to the config file',
    load: async () => (await import('./register.ts')).registerCommand(),
  },
  run: {
    summary: 'run jobs for the runners of the config file',
    load: async () => (await import('./run.ts')).runCommand(),
  },
  'run-single': {
    summary: 'run jobs for one runner, given by options or by its name',
    load: async () => (await import('./run-single.ts')).runSingleCommand(),
  },
  verify: {
    summary: 'ask whether the runners of the config file are still valid',
    load: async () => (await import('./verify.ts')).verifyCommand(),
  },
  unregister: {
    summary: 'sign runners off and remove them from the config file',
    load: async () => (await import('./unregister.ts')).unregisterCommand(),
  },
  list: {
    summary: 'list the runners of the config file',
    load: async () => (await import('./list.ts')).listCommand(),
  },
  'reset-token': {
    summary: 'exchange the token of runners for a new one',
    load: async () => (await import('./reset-token.ts')).resetTokenCommand(),
  },
  lint: {
    summary: 'check the config file',
    load: async () => (await import('./lint.ts')).lintCommand(),
  },
  doctor: {
    summary: 'look for what keeps jobs from running, or explain an image',
    load: async () => (await import('./doctor/doctor.ts')).doctorCommand(),
  },
};

/** An empty environment twin is one that is not set, as the peer has it. */
function forgetEmptyTwins(command: Command): void {
  for (const { envVar } of command.options) {
    if (envVar !== undefined && process.env[envVar] === '') delete process.env[envVar];
  }
}

/** The whole command line, with the command that `args` calls loaded and the others by name only. */
export async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = newCommand('dockworker', 'A CI runner agent: takes jobs from a coordinator and runs them in Docker');
  program.version(version, '-v, --version', 'show the version').helpCommand(false);
  addLogOptions(program);
  for (const [name, { summary, load }] of Object.entries(VERBS)) {
    program.addCommand(args.includes(name) ? await load() : newCommand(name, summary));
  }
  for (const command of [program, ...program.commands]) forgetEmptyTwins(command);
  return program;
}
