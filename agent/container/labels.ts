/** Every label key that we set. The first prefix is the one that users' own tools look for. */
const PREFIX = 'com.gitlab.gitlab-runner.';
const OWN = 'dev.dockworker.';

export const MANAGED_LABEL = `${PREFIX}managed`;
/** Which agent made an object: the one whose state directory holds this id. */
export const INSTANCE_LABEL = `${OWN}instance`;
export const DEADLINE_LABEL = `${OWN}deadline`;
export const JOB_ID_LABEL = `${PREFIX}job.id`;
/** The job once more: a container that another agent makes of an image with our labels has a job of its own above. */
export const OWN_JOB_ID_LABEL = `${OWN}job.id`;
export const SYSTEM_ID_LABEL = `${PREFIX}runner.system_id`;
export const REUSABLE_LABEL = `${PREFIX}reusable`;

/** Facts about a job that lead from an engine object back to it. */
export interface LabelFacts {
  readonly jobId: number;
  readonly jobUrl: string;
  readonly sha: string;
  readonly beforeSha: string;
  readonly ref: string;
  /** As a Go duration: `1h0m0s` */
  readonly timeout: string;
  readonly projectId: number;
  readonly projectSlot: number;
  readonly pipelineId: string;
  readonly shortToken: string;
  readonly runnerId: string;
  readonly systemId: string;
  /** The id that the agent keeps in its state directory. */
  readonly instance: string;
  readonly runnerName: string;
  readonly jobName: string;
  readonly projectPath: string;
  /** Unix seconds after which the job cannot run any more. */
  readonly deadline: number;
}

/** The set that containers, networks and volumes of a job have in common. */
export function jobLabels(facts: LabelFacts): Record<string, string> {
  return {
    [JOB_ID_LABEL]: String(facts.jobId),
    [`${PREFIX}job.url`]: facts.jobUrl,
    [`${PREFIX}job.sha`]: facts.sha,
    [`${PREFIX}job.before_sha`]: facts.beforeSha,
    [`${PREFIX}job.ref`]: facts.ref,
    [`${PREFIX}job.timeout`]: facts.timeout,
    [`${PREFIX}project.id`]: String(facts.projectId),
    [`${PREFIX}project.runner_id`]: String(facts.projectSlot),
    [`${PREFIX}pipeline.id`]: facts.pipelineId,
    [`${PREFIX}runner.id`]: facts.shortToken,
    [`${PREFIX}runner.local_id`]: facts.runnerId,
    [SYSTEM_ID_LABEL]: facts.systemId,
    [MANAGED_LABEL]: 'true',
    [INSTANCE_LABEL]: facts.instance,
    [DEADLINE_LABEL]: String(facts.deadline),
    [OWN_JOB_ID_LABEL]: String(facts.jobId),
    [`${OWN}runner.name`]: facts.runnerName,
    [`${OWN}job.name`]: facts.jobName,
    [`${OWN}project.path`]: facts.projectPath,
  };
}

export const typeLabel = (type: 'build' | 'predefined' | 'service' | 'cache'): Record<string, string> => ({
  [`${PREFIX}type`]: type,
});

export const serviceLabels = (name: string, version: string): Record<string, string> => ({
  [`${PREFIX}service`]: name,
  [`${PREFIX}service.version`]: version,
});

export const volumeLabels = (facts: {
  destination: string;
  protected: boolean;
  reusable: boolean;
}): Record<string, string> => ({
  ...typeLabel('cache'),
  [`${PREFIX}destination`]: facts.destination,
  [`${PREFIX}protected`]: String(facts.protected),
  [REUSABLE_LABEL]: String(facts.reusable),
});

/** The digest of the image that a container was made of, where a registry gave it one. */
export const digestLabel = (digest: string | undefined): Record<string, string> =>
  digest === undefined ? {} : { [`${OWN}image.digest`]: digest };

/** The operator's labels once more under our prefix, as services have always carried them. */
export const prefixed = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [PREFIX + key, value]));
