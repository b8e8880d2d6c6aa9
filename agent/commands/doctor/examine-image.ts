import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { describeError } from '../../common/errors/describe-error.ts';
import { errorCode } from '../../common/errors/error-code.ts';
import { UsageError } from '../../common/errors/usage-error.ts';
import { joinAllowedHelpers } from '../../config/schema/credential-helpers.ts';
import { runnerSettings, type RunnerConfig } from '../../config/schema/runner.ts';
import { DockerodeClient } from '../../docker/dockerode-client.ts';
import { engineAddress, type EngineAddress } from '../../docker/engine-address.ts';
import { engineInfo, type EngineInfo } from '../../docker/engine-info.ts';
import { checkEngine } from '../../doctor/check-engine.ts';
import { checkImage } from '../../doctor/check-image.ts';
import { fail, type Finding } from '../../doctor/finding.ts';
import { CredentialResolver } from '../../images/auth/credential-resolver.ts';
import { authConfigOf, readAuthSources } from '../../images/auth/read-auth-sources.ts';
import { RegistryClient } from '../../images/registry/registry-client.ts';

const ENGINE_PATIENCE_MS = 10_000;

type Runner = Omit<RunnerConfig, 'url' | 'token'>;

/** Everything between a job of `runner` (the defaults when there is none) and an image. */
export async function examineImage(
  image: string,
  runner: RunnerConfig | undefined,
  jobAuth: string | undefined,
): Promise<Finding[]> {
  const settings: Runner = runner ?? runnerSettings.parse({});
  const job = jobAuth === undefined ? undefined : await readJobAuth(jobAuth);
  const address = addressOf(settings);
  if (typeof address === 'string') return [fail('engine', address)];
  const patience = AbortSignal.timeout(ENGINE_PATIENCE_MS);
  const { finding, info } = await checkEngine(address.host, () => engineInfo(address, patience));
  if (info === undefined) return [finding];
  return [finding, ...(await lookAt(image, settings, { address, info, job }))];
}

async function lookAt(
  image: string,
  runner: Runner,
  { address, info, job }: { address: EngineAddress; info: EngineInfo; job: string | undefined },
): Promise<Finding[]> {
  const { signal } = new AbortController();
  const registry = new RegistryClient({ insecure: () => Promise.resolve(info.insecure) });
  const client = new DockerodeClient(address);
  const credentials = await resolverFor(runner, job, signal);
  try {
    const tools = { docker: runner.docker, client, engine: info, registry, credentials, signal };
    return (await checkImage(image, tools)).map((one) => (runner.name === '' ? one : { ...one, runner: runner.name }));
  } finally {
    await registry.close();
  }
}

async function resolverFor(runner: Runner, job: string | undefined, signal: AbortSignal): Promise<CredentialResolver> {
  const sources = await readAuthSources({
    job,
    runner: authConfigOf(runner.environment),
    home: homedir(),
    dockerConfig: process.env['DOCKER_CONFIG'],
  });
  const tables = [runner.allowed_docker_credential_helpers, runner.docker.allowed_docker_credential_helpers];
  // The explanation has the warnings.
  return new CredentialResolver(sources, {
    allowedHelpers: joinAllowedHelpers(...tables),
    log: { warning: () => {} },
    signal,
  });
}

function addressOf(runner: Runner): EngineAddress | string {
  try {
    return engineAddress(runner.docker);
  } catch (error) {
    return describeError(error);
  }
}

async function readJobAuth(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--job-auth: ${path} cannot be read (${errorCode(error) ?? 'unknown error'})`, {
      cause: error,
    });
  }
}
