import type { Command } from 'commander';
import { CommandFailedError } from '../common/errors/command-failed-error.ts';
import { UsageError } from '../common/errors/usage-error.ts';
import { isTable, type TomlTable } from '../config/check/parse-toml.ts';
import { appendRunner } from '../config/edit/edit-config.ts';
import { editConfig } from '../config/edit/save-config.ts';
import { loadConfig, type LoadedConfig } from '../config/load-config.ts';
import { systemId } from '../config/system-id.ts';
import { apiBaseUrl } from '../coordinator/base-url.ts';
import { isUnusableClientError } from '../coordinator/coordinator-error.ts';
import { runnerInfo } from '../coordinator/runner-info.ts';
import { enrolRunner } from '../register/enrol-runner.ts';
import { chooseRegistration, type Registration } from '../register/registration.ts';
import { runnerEntry } from '../register/runner-entry.ts';
import { fillFromTemplate, readTemplate } from '../register/template-config.ts';
import { coordinatorFor } from './coordinator-for.ts';
import { assertSettings, entrySettings } from './options/entry-settings.ts';
import { registerCommandLine, type RegisterOptions } from './options/register-options.ts';
import { answersFromOptions, answersFromPrompt, type RegisterAnswers } from './dialog/register-answers.ts';

/** `dockworker register`: makes this machine a runner of a coordinator and writes its entry. */
export function registerCommand(): Command {
  const { command, entryOptions } = registerCommandLine();
  return command.action(async (options: RegisterOptions) => {
    const said = entrySettings(command, entryOptions);
    const own = { name: options.name ?? options.description, executor: options.executor, ...said };
    await register(options, own);
  });
}

async function register(options: RegisterOptions, own: TomlTable): Promise<void> {
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    const settings = options.templateConfig ? fillFromTemplate(own, await readTemplate(options.templateConfig)) : own;
    const answers = options.nonInteractive
      ? answersFromOptions(options, settings)
      : await answersFromPrompt(options, settings, interrupt);
    await enrol(options, answers, interrupt.signal);
  } catch (error) {
    if (!interrupt.signal.aborted || error instanceof AggregateError) throw error;
    throw new CommandFailedError('interrupted, nothing was registered', { cause: error });
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

async function enrol(options: RegisterOptions, answers: RegisterAnswers, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { config: path, leaveRunner = false } = options;
  const { url, settings } = answers;
  const registration = checkAnswers(answers);
  const loaded = await loadConfig(path, undefined);
  await assertEditable(path, settings);
  const { id, warning } = await systemId(path);
  if (warning !== undefined) console.error(`WARNING: ${warning}`);
  const coordinator = coordinatorFor({ ...tlsFiles(settings), url }, path);
  try {
    const agent = { systemId: id, info: runnerInfo(traits(settings)), description: String(settings['name']) };
    const keep = async (identity: Parameters<typeof runnerEntry>[2]): Promise<void> => {
      const entry = runnerEntry(settings, url, identity, new Date());
      await editConfig(path, (text) => appendRunner(text, entry));
    };
    await enrolRunner({ coordinator, registration, agent, keep, leaveRunner }, signal);
  } finally {
    await coordinator.close();
  }
  console.log(
    `Runner ${JSON.stringify(settings['name'])} is registered at ${coordinator.url}; its entry is in ${path}`,
  );
  for (const sentence of limitWarnings(loaded, settings)) console.error(`WARNING: ${sentence}`);
}

/** A folder that cannot be written and a file that cannot take an entry show before the coordinator is asked. */
async function assertEditable(path: string, settings: TomlTable): Promise<void> {
  await editConfig(path, (text) => {
    appendRunner(text, settings);
    return text;
  });
}

/** Everything that can be wrong is found before the coordinator is asked. */
function checkAnswers({ url, token, registrationToken, attributes, settings }: RegisterAnswers): Registration {
  const registration = chooseRegistration({ token, registrationToken }, attributes);
  if (settings['executor'] !== 'docker')
    throw new UsageError(`the executor ${JSON.stringify(settings['executor'])} is not supported: --executor docker`);
  try {
    apiBaseUrl(url);
  } catch (error) {
    throw isUnusableClientError(error) ? new UsageError(`--url: ${error.message}`, { cause: error }) : error;
  }
  assertSettings(settings);
  return registration;
}

function tlsFiles(settings: TomlTable) {
  const file = (key: string): string | undefined => (typeof settings[key] === 'string' ? settings[key] : undefined);
  return {
    'tls-ca-file': file('tls-ca-file'),
    'tls-cert-file': file('tls-cert-file'),
    'tls-key-file': file('tls-key-file'),
  };
}

function traits({ docker }: TomlTable): { gpus: string | undefined } {
  const gpus = isTable(docker) ? docker['gpus'] : undefined;
  return { gpus: typeof gpus === 'string' ? gpus : undefined };
}

function limitWarnings({ config: { concurrent } }: LoadedConfig, settings: TomlTable): string[] {
  return ['limit', 'request_concurrency']
    .filter((key) => Number(settings[key] ?? 0) > concurrent)
    .map((key) => `${key} = ${Number(settings[key])} has no full effect while concurrent = ${concurrent}`);
}
