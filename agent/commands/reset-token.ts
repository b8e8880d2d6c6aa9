import type { Command } from 'commander';
import { CommandFailedError } from '../common/errors/command-failed-error.ts';
import { UsageError } from '../common/errors/usage-error.ts';
import { setRunnerKey } from '../config/edit/edit-config.ts';
import { editConfig } from '../config/edit/save-config.ts';
import { resetToken, type NewToken } from '../register/reset-token.ts';
import { isRunnerCallError } from '../register/runner-call-error.ts';
import { findEntry, selectRunners, type SelectedRunner } from '../register/select-runners.ts';
import { coordinatorFor } from './coordinator-for.ts';
import { configOption, newCommand } from './options/new-command.ts';
import { parseInteger } from './options/field-values.ts';

interface ResetTokenOptions {
  readonly config: string;
  readonly name?: string;
  readonly url?: string;
  readonly id?: number;
  readonly allRunners?: true;
}

/** `dockworker reset-token`: gets runners a new token and writes it into the config file. */
export function resetTokenCommand(): Command {
  return newCommand('reset-token', 'Exchange the token of runners for a new one')
    .addOption(configOption())
    .option('-n, --name <name>', 'the runner of this name')
    .option('-u, --url <url>', 'with --id: the coordinator of the runner')
    .option('-i, --id <number>', 'with --url: the number of the runner', parseInteger)
    .option('--all-runners', 'every runner of the config file')
    .action(resetTokens);
}

async function resetTokens({ config: path, name, url, id, allRunners }: ResetTokenOptions): Promise<void> {
  if (!allRunners && name === undefined && (url === undefined || id === undefined))
    throw new UsageError('say which runner: --name, or --url and --id, or --all-runners');
  const found = await selectRunners(path, allRunners ? {} : { name, url });
  const selected = allRunners || id === undefined ? found : found.filter(({ runner }) => runner.id === id);
  if (selected.length === 0) throw new CommandFailedError(`no runner in ${path} matches`);
  let failed = 0;
  for (const one of selected) {
    try {
      await resetOne(one, path);
      console.log(`${one.runner.name}: has a new token`);
    } catch (error) {
      if (!isRunnerCallError(error)) throw error;
      console.error(`${one.runner.name}: ${error.message}`);
      failed++;
    }
  }
  if (failed > 0) throw new CommandFailedError(`${failed} of ${selected.length} tokens could not be reset`);
}

/** The old token is invalid at once, so the new one is written before the next runner has its turn. */
async function resetOne({ runner, written }: SelectedRunner, path: string): Promise<void> {
  const coordinator = coordinatorFor(runner, path);
  try {
    const fresh = await resetToken(coordinator, runner.token);
    await editConfig(path, (text) => withNewToken(text, findEntry(text, written), fresh));
  } finally {
    await coordinator.close();
  }
}

function withNewToken(text: string, index: number | undefined, fresh: NewToken): string {
  if (index === undefined) throw new CommandFailedError('the entry of the runner is gone from the config file');
  const { token, token_obtained_at: obtained, token_expires_at: expires } = fresh;
  const withToken = setRunnerKey(text, index, 'token', token);
  const withTime = setRunnerKey(withToken, index, 'token_obtained_at', obtained);
  return setRunnerKey(withTime, index, 'token_expires_at', expires);
}
