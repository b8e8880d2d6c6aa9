import { describeError } from '../../common/errors/describe-error.ts';
import type { RunnerConfig } from '../../config/schema/runner.ts';
import { systemId } from '../../config/system-id.ts';
import { apiBaseUrl } from '../../coordinator/base-url.ts';
import { HttpTransport } from '../../coordinator/http-transport.ts';
import { runnerInfo } from '../../coordinator/runner-info.ts';
import { DockerodeClient } from '../../docker/dockerode-client.ts';
import { engineAddress } from '../../docker/engine-address.ts';
import { engineInfo } from '../../docker/engine-info.ts';
import { checkCoordinator } from '../../doctor/check-coordinator.ts';
import { checkDisk, checkEngine } from '../../doctor/check-engine.ts';
import { checkHelperImage } from '../../doctor/check-helper-image.ts';
import { fail, type Finding } from '../../doctor/finding.ts';
import { coordinatorFor, tlsSettings } from '../coordinator-for.ts';

const ENGINE_PATIENCE_MS = 10_000;
const COORDINATOR_PATIENCE_MS = 20_000;
const MAX_REPLY_BYTES = 1024 * 1024;

/** What each runner needs to run any job at all. */
export async function examineRunners(runners: readonly RunnerConfig[], configPath: string): Promise<Finding[]> {
  const findings = runners.map(async (runner) => {
    const [engine, coordinator] = await Promise.all([examineEngine(runner), examineCoordinator(runner, configPath)]);
    return [...engine, ...coordinator].map((finding) => ({ ...finding, runner: runner.name }));
  });
  return (await Promise.all(findings)).flat();
}

async function examineEngine({ docker }: RunnerConfig): Promise<Finding[]> {
  try {
    const address = engineAddress(docker);
    const patience = AbortSignal.timeout(ENGINE_PATIENCE_MS);
    const { finding, info } = await checkEngine(address.host, () => engineInfo(address, patience));
    if (info === undefined) return [finding];
    const helper = checkHelperImage(new DockerodeClient(address), docker);
    return [finding, await checkDisk(address.host, info), await helper];
  } catch (error) {
    return [fail('engine', describeError(error))];
  }
}

async function examineCoordinator(runner: RunnerConfig, configPath: string): Promise<Finding[]> {
  const signal = AbortSignal.timeout(COORDINATOR_PATIENCE_MS);
  const coordinator = coordinatorFor(runner, configPath);
  const transport = new HttpTransport({ tls: tlsSettings(runner, configPath) });
  const { id } = await systemId(configPath);
  try {
    return await checkCoordinator({
      url: coordinator.url,
      verify: () => coordinator.verify({ token: runner.token, systemId: id }, runnerInfo(), signal),
      date: async () => {
        const url = new URL(`${apiBaseUrl(runner.url).href}/version`);
        const asked = { method: 'GET', url, headers: {}, body: '', maxReplyBytes: MAX_REPLY_BYTES } as const;
        return (await transport.send(asked, signal)).headers['date'];
      },
    });
  } finally {
    await Promise.all([coordinator.close(), transport.close()]);
  }
}
