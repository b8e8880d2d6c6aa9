import type { Command } from 'commander';
import { CommandFailedError } from '../common/errors/command-failed-error.ts';
import { removeRunner } from '../config/edit/edit-config.ts';
import { editConfig } from '../config/edit/save-config.ts';
import { systemId } from '../config/system-id.ts';
import { runnerInfo } from '../coordinator/runner-info.ts';
import { findEntry, selectRunners, type SelectedRunner } from '../register/select-runners.ts';
import { verifyRunner, type Verification } from '../register/verify-runner.ts';
import { coordinatorFor } from './coordinator-for.ts';
import { configOption, newCommand } from './options/new-command.ts';

interface VerifyOptions {
  readonly config: string;
  readonly name?: string;
  readonly url?: string;
  readonly token?: string;
  readonly delete?: true;
}

/** `dockworker verify`: asks the coordinators whether they know the runners of the config file. */
export function verifyCommand(): Command {
  return newCommand('verify', 'Ask whether the runners of the config file are still valid')
    .addOption(configOption())
    .option('-n, --name <name>', 'only the runner of this name')
    .option('-u, --url <url>', 'only runners of this coordinator')
    .option('-t, --token <token>', 'only the runner with this token')
    .option('--delete', 'remove runners from the config file whose token is refused')
    .action(verify);
}

async function verify({ config: path, name, url, token, delete: remove }: VerifyOptions): Promise<void> {
  const filter = { name, url, token };
  const selected = await selectRunners(path, filter);
  if (selected.length === 0 && Object.values(filter).some((part) => part !== undefined))
    throw new CommandFailedError(`no runner in ${path} matches`);
  if (selected.length === 0) return console.log(`${path} has no runners`);
  const { id, warning } = await systemId(path);
  if (warning !== undefined) console.error(`WARNING: ${warning}`);
  let failed = 0;
  for (const one of selected) {
    const verification = await verifyOne(one, path, id);
    const { verdict } = verification;
    if (verdict !== 'valid') console.error(`${one.runner.name}: ${verification.error.message}`);
    if (verdict === 'valid') console.log(`${one.runner.name}: valid`);
    else if (verdict === 'refused' && remove) await removeEntry(path, one);
    else failed++;
  }
  if (failed > 0) throw new CommandFailedError(`${failed} of ${selected.length} runners could not be verified`);
}

async function verifyOne({ runner }: SelectedRunner, path: string, id: string): Promise<Verification> {
  const coordinator = coordinatorFor(runner, path);
  try {
    const info = runnerInfo({ gpus: runner.docker.gpus, labels: runner.labels });
    return await verifyRunner(coordinator, { token: runner.token, systemId: id }, info);
  } finally {
    await coordinator.close();
  }
}

async function removeEntry(path: string, { runner, written }: SelectedRunner): Promise<void> {
  await editConfig(path, (text) => {
    const index = findEntry(text, written);
    return index === undefined ? text : removeRunner(text, index);
  });
  console.log(`${runner.name}: removed from ${path}`);
}
