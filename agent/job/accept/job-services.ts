import type { ImageSpec } from '#protocol/image-spec.ts';
import { JobFailure } from '../../common/errors/job-failure.ts';
import type { DockerServiceConfig } from '../../config/schema/docker.ts';
import { serviceLabels } from '../../container/labels.ts';
import { networkPool } from '../../container/network/network-pool.ts';
import { refusedValue } from '../../container/options/refused-value.ts';
import { parseImageRef, serviceName } from '../../images/image-ref.ts';
import { checkImage } from '../../images/rules/check-image.ts';
import type { ServiceSpec } from '../../spec/job-spec.ts';
import { jobImage, type ImageContext } from './image-use.ts';
import { serviceReadiness } from './service/service-readiness.ts';

interface WantedService {
  readonly image: ImageSpec;
  readonly environment: readonly string[];
}

/** The services of the configuration, then those of the job, with all their names. */
export function jobServices(context: ImageContext, fromJob: readonly ImageSpec[]): ServiceSpec[] {
  const configured = context.docker.services.map((service) => fromConfig(context, service));
  const wanted = [...configured, ...fromJob.map((image) => fromPayload(context, image))];
  refuseTooMany(wanted.length, context.docker.services_limit);
  if (wanted.length > 0) networkPool(context.docker); // fails here before anything is made
  const taken = new Set<string>();
  return wanted.flatMap((service, index) => serviceSpec(context, service, { index, taken }));
}

function refuseTooMany(count: number, limit: number | undefined): void {
  if (limit === undefined || limit < 0 || count <= limit) return;
  const sentence = `the job would have ${count} services, those of the runner included; the runner allows ${limit} (services_limit)`;
  throw new JobFailure('runner_system_failure', sentence);
}

/** What a service that is not well does to the job, in the operator's word. */
function serviceFailure(configured: string): 'warn' | 'fail' {
  if (configured === 'warn' || configured === 'fail') return configured;
  throw refusedValue('service_failure', configured, '"warn" or "fail"', 'runner_configuration_error');
}

function fromConfig(context: ImageContext, service: DockerServiceConfig): WantedService {
  return {
    image: {
      name: service.name,
      alias: service.alias,
      command: service.command,
      entrypoint: service.entrypoint,
      ports: [],
      variables: [],
      pull_policy: [],
      executor_opts: {},
    },
    environment: service.environment.map((entry) => context.variables.expand(entry)),
  };
}

function fromPayload(context: ImageContext, image: ImageSpec): WantedService {
  return {
    image,
    environment: image.variables.map(({ key, value }) => `${key}=${context.variables.expand(value)}`),
  };
}

function serviceSpec(
  context: ImageContext,
  { image, environment }: WantedService,
  place: { index: number; taken: Set<string> },
): ServiceSpec[] {
  const { variables } = context;
  const reference = variables.expand(image.name);
  const explicit = variables.expand(image.alias ?? '');
  if (reference === '' && explicit === '') return [];
  const parsed = parseImageRef(reference);
  if (parsed === undefined)
    throw new JobFailure(
      'runner_configuration_error',
      `services[${place.index}]: "${reference}" is not an image reference`,
    );
  const { docker } = context;
  const configured = docker.services.map((service) => variables.expand(service.name));
  const allowed = { purpose: 'services', allowed: docker.allowed_services, configured } as const;
  checkImage(reference, { ...allowed, requireDigest: docker.require_digest });
  const name = serviceName(reference);
  const full = [...variables.forServices(), ...environment];
  return [
    {
      image: {
        ...jobImage(context, image, reference),
        configured: docker.services.some((service) => service.name === reference),
      },
      aliases: freeAliases(context, { name, explicit, reference }, place),
      command: image.command?.length ? image.command : undefined,
      environment: full,
      readiness: serviceReadiness(full, reference, serviceFailure(docker.service_failure)),
      nameSuffix: `${name.replaceAll('/', '__')}-${place.index}`,
      labels: serviceLabels(name, parsed.tag ?? parsed.digest ?? 'latest'),
    },
  ];
}

/** Explicit aliases and the two that the image's name gives. A name stays with the first service that has it. */
function freeAliases(
  context: ImageContext,
  names: { name: string; explicit: string; reference: string },
  place: { index: number; taken: Set<string> },
): string[] {
  const derived = [names.name.replaceAll('/', '__'), names.name.replaceAll('/', '-')];
  const wanted = new Set([...derived, ...names.explicit.split(/[\s,]+/).filter(Boolean)]);
  return [...wanted].filter((alias) => {
    if (!place.taken.has(alias)) return place.taken.add(alias);
    context.warn(
      `Skipping alias "${alias}" for service "${names.reference}" (services[${place.index}]): alias is already in use by another service.`,
    );
    return false;
  });
}
