import type { Command } from 'commander';
import { CommandFailedError } from '../common/errors/command-failed-error.ts';
import { UsageError } from '../common/errors/usage-error.ts';
import { removeRunner } from '../config/edit/edit-config.ts';
import { editConfig } from '../config/edit/save-config.ts';
import type { RunnerConfig } from '../config/schema/runner.ts';
import { systemId } from '../config/system-id.ts';
import { isRunnerCallError } from '../register/runner-call-error.ts';
import { findEntry, selectRunners } from '../register/select-runners.ts';
import { unregisterRunner } from '../register/unregister-runner.ts';
import { coordinatorFor } from './coordinator-for.ts';
import { configOption, newCommand } from './options/new-command.ts';

interface UnregisterOptions {
  readonly config: string;
  readonly name?: string;
  readonly url?: string;
  readonly token?: string;
  readonly allRunners?: true;
}

/** A runner to sign off; `written` when it has an entry in the config file. */
interface Departing {
  readonly runner: Pick<RunnerConfig, 'name' | 'url' | 'token'>;
  readonly written: RunnerConfig | undefined;
}

/** `dockworker unregister`: signs runners off and takes them out of the config file. */
export function unregisterCommand(): Command {
  return newCommand('unregister', 'Sign runners off at their coordinator and remove them from the config file')
    .addOption(configOption())
    .option('-n, --name <name>', 'the runner of this name')
    .option('-u, --url <url>', 'with --token: the coordinator of the runner')
    .option('-t, --token <token>', 'with --url: the token of the runner')
    .option('--all-runners', 'every runner of the config file')
    .action(unregister);
}

async function unregister(options: UnregisterOptions): Promise<void> {
  const { config: path } = options;
  const departing = await chooseDeparting(options);
  const { id } = await systemId(path);
  let failed = 0;
  for (const one of departing) {
    try {
      await signOff(one, path, id);
      console.log(`${one.runner.name || one.runner.url}: unregistered`);
    } catch (error) {
      if (!isRunnerCallError(error)) throw error;
      console.error(`${one.runner.name || one.runner.url}: ${error.message}; its entry stays`);
      failed++;
    }
  }
  if (failed > 0) throw new CommandFailedError(`${failed} of ${departing.length} runners could not be unregistered`);
}

async function chooseDeparting({ config, name, url, token, allRunners }: UnregisterOptions): Promise<Departing[]> {
  if (allRunners) return selectRunners(config, {});
  if (name === undefined && (url === undefined || token === undefined))
    throw new UsageError('say which runner: --name, or --url and --token, or --all-runners');
  const selected = await selectRunners(config, { name, url, token });
  if (selected.length > 0) return selected;
  if (url === undefined || token === undefined) throw new CommandFailedError(`no runner in ${config} matches`);
  return [{ runner: { name: name ?? '', url, token }, written: undefined }];
}

async function signOff({ runner, written }: Departing, path: string, id: string): Promise<void> {
  const coordinator = coordinatorFor(written === undefined ? runner : { ...written, url: runner.url }, path);
  try {
    await unregisterRunner(coordinator, { token: runner.token, systemId: id });
  } finally {
    await coordinator.close();
  }
  if (written === undefined) return;
  await editConfig(path, (text) => {
    const index = findEntry(text, written);
    return index === undefined ? text : removeRunner(text, index);
  });
}
