import type { Command } from 'commander';
import { CommandFailedError } from '../../common/errors/command-failed-error.ts';
import { checkConfigFile } from '../../doctor/check-config-file.ts';
import type { Finding } from '../../doctor/finding.ts';
import { findingsJson, formatFindings, isGood } from '../../doctor/format-findings.ts';
import { configOption, newCommand } from '../options/new-command.ts';
import { stateDirOption } from '../options/run-options.ts';
import { examineImage } from './examine-image.ts';
import { examineLeftovers } from './examine-leftovers.ts';
import { examineRunners } from './examine-runners.ts';

interface DoctorOptions {
  readonly config: string;
  readonly stateDir: string;
  readonly runner?: string;
  readonly jobAuth?: string;
  readonly json?: true;
}

/** `dockworker doctor`: whether jobs will work on this machine, or whether they would get one image, and why. */
export function doctorCommand(): Command {
  return newCommand('doctor', 'Look for what keeps jobs from running, or from getting an image')
    .argument('[image]', 'the image to explain; without it engine, config, coordinator and disk are looked at')
    .addOption(configOption())
    .addOption(stateDirOption())
    .option('-n, --runner <name>', 'only the runner of this name')
    .option('--job-auth <file>', "a job's DOCKER_AUTH_CONFIG, to be looked at together with the runner's")
    .option('--json', 'findings as JSON')
    .action(doctor);
}

async function doctor(image: string | undefined, options: DoctorOptions): Promise<void> {
  const { finding, runners } = await checkConfigFile(options.config, options.runner, image === undefined);
  const findings: Finding[] = [finding];
  if (image === undefined) {
    const parts = [examineRunners(runners, options.config), examineLeftovers(runners, options)];
    findings.push(...(await Promise.all(parts)).flat());
  }
  if (image !== undefined && isGood(findings))
    findings.push(...(await examineImage(image, runners[0], options.jobAuth)));
  console.log(options.json ? findingsJson(findings, image) : formatFindings(findings));
  const failed = findings.filter(({ outcome }) => outcome === 'fail').length;
  if (!isGood(findings)) throw new CommandFailedError(`${failed} of ${findings.length} checks failed`);
}
