import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { isUsageError } from './command/usage-error.ts';
import { isJobYamlError } from './pipeline/job-yaml-error.ts';
import { serve, type ServeOptions } from './command/serve.ts';

const usageErrorCode = 2;

const program = new Command('coordinator')
  .description("a local coordinator: GitLab's runner API for agents, an admin API for people and tests")
  .exitOverride();

program
  .command('serve')
  .description('answer agents until SIGTERM or SIGINT; with --once run one pipeline and exit with its result')
  .addOption(
    new Option('--listen <address>', 'host:port; port 0 is any free one')
      .default({ host: '127.0.0.1', port: 8929 }, '127.0.0.1:8929')
      .argParser(address),
  )
  .option('--project <dir>', 'git work tree or bare repository that jobs get their sources from')
  .option('--pipeline <file>', 'job file, relative to the project (default .gitlab-ci.yml); starts a pipeline of it')
  .option('--ref <name>', 'branch or tag of the pipeline')
  .option(
    '--runner-token <token>',
    'authentication token of a runner that exists from the start (environment: RUNNER_TOKEN)',
  )
  .option('--registration-token <token>', 'lets agents register with this token')
  .option('--data-dir <dir>', 'folder for artifacts and served repositories; default: a temporary one')
  .option('--once', 'run one pipeline of --project and exit: 0 when it succeeded, 1 when not')
  .option('--advertise-url <url>', 'how containers reach this coordinator')
  .option('--long-poll <seconds>', 'hold job requests that have nothing new to learn', seconds, 0)
  .option(
    '--trace-interval <seconds>',
    'seconds between trace patches, or "watched" for GitLab\'s 3 or 60',
    interval,
    1,
  )
  .option('--admin-from-anywhere', 'answer the /mock calls for other machines too', false)
  .action(async (options: ServeOptions) => {
    process.exitCode = await serve(options);
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Commander has printed its own errors already. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageErrorCode;
  process.stderr.write(`coordinator: ${error instanceof Error ? error.message : String(error)}\n`);
  return isUsageError(error) || isJobYamlError(error) ? usageErrorCode : 1;
}

function address(text: string): { host: string; port: number } {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]*)):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.['port']);
  if (match?.groups === undefined || port > 65_535) throw new InvalidArgumentError('write host:port');
  return { host: match.groups['v6'] ?? (match.groups['host'] || '0.0.0.0'), port };
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('write a number of seconds');
  return value;
}

function interval(text: string): number | 'watched' {
  return text === 'watched' ? text : Math.round(seconds(text));
}
