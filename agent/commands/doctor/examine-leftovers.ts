import { describeError } from '../../common/errors/describe-error.ts';
import { knownInstanceId } from '../../config/instance-id.ts';
import type { RunnerConfig } from '../../config/schema/runner.ts';
import { liveJobs } from '../../journal/live-jobs.ts';
import { abandonedStateDirs } from '../../config/state/private-state-dir.ts';
import { systemId } from '../../config/system-id.ts';
import { JOB_ID_LABEL } from '../../container/labels.ts';
import type { Owner } from '../../container/sweep/judge-leftover.ts';
import { listLeftovers } from '../../container/sweep/list-leftovers.ts';
import { EngineUnreachableError } from '../../docker/docker-error.ts';
import { EngineClients } from '../../docker/engine-clients.ts';
import type { DockerClient, LabelledObject } from '../../docker/docker-client.ts';
import { describeLeftovers, type Leftover } from '../../doctor/check-engine.ts';
import { warn, type Finding } from '../../doctor/finding.ts';

/** What the next sweep of an agent would remove, engine by engine; nothing is removed. */
export async function examineLeftovers(
  runners: readonly RunnerConfig[],
  { config, stateDir }: { config: string; stateDir: string },
): Promise<Finding[]> {
  const { id } = await systemId(config);
  const directories = await abandonedStateDirs(stateDir).catch(() => []);
  const abandoned = new Set(directories.flatMap((path) => knownInstanceId(path) ?? []));
  const owner = (): Owner => {
    const live = liveJobs(stateDir);
    const instance = knownInstanceId(stateDir);
    return { systemId: id, instance, abandoned, isLive: (job) => live.has(job) };
  };
  const findings = [...enginesOf(runners)].map((docker) => examine(docker, owner));
  return (await Promise.all(findings)).flat();
}

async function examine(docker: DockerClient, owner: () => Owner): Promise<Finding[]> {
  try {
    return [describeLeftovers(docker.host, (await listLeftovers(docker, owner)).map(asLeftover))];
  } catch (error) {
    // An engine that does not answer is a finding of its own.
    if (error instanceof EngineUnreachableError) return [];
    return [warn('leftovers', `${docker.host}: cannot be looked for: ${describeError(error)}`)];
  }
}

const asLeftover = ({ kind, name, labels, createdAt }: LabelledObject): Leftover => ({
  kind,
  name,
  jobId: labels[JOB_ID_LABEL] ?? '?',
  ageMs: createdAt === 0 ? undefined : Date.now() - createdAt,
});

/** A runner whose engine has no usable address is a finding of its own. */
function enginesOf(runners: readonly RunnerConfig[]): Set<DockerClient> {
  const clients = new EngineClients();
  const engines = new Set<DockerClient>();
  for (const { docker } of runners) {
    try {
      engines.add(clients.for(docker));
    } catch {
      continue;
    }
  }
  return engines;
}
