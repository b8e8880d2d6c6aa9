import { posix } from 'node:path';
import { parseImageRef } from '../../../images/image-ref.ts';
import type { ServiceSpec } from '../../../spec/job-spec.ts';

const DAEMONS = new Set(['dockerd', 'dockerd-entrypoint.sh']);
const WORD = /(?:^|[-_.])dind(?:[-_.]|$)/;

/**
 * Whether a service is a Docker Engine: an image named `docker` with `dind` in its tag, one with `dind` in its own name,
 * or any image whose entrypoint or command, as the job sets it, begins with `dockerd`.
 */
export function isDockerDaemon(service: ServiceSpec): boolean {
  const { name, tag } = imageName(service);
  if (isOfficial(service) || WORD.test(name) || (name === 'docker' && WORD.test(tag))) return true;
  return [service.image.entrypoint, service.command].some((words) => DAEMONS.has(posix.basename(words?.[0] ?? '')));
}

/** Whether it is the `docker` image, from any registry, that takes options of dockerd as its command. */
export function isOfficial(service: ServiceSpec): boolean {
  const { name, tag } = imageName(service);
  return name === 'docker' && WORD.test(tag) && service.image.entrypoint === undefined;
}

/** Whether the image's entrypoint makes certificates when DOCKER_TLS_CERTDIR is not set at all: Docker 19 and later. */
export const hasTlsByDefault = (service: ServiceSpec): boolean => {
  const major = Number.parseInt(imageName(service).tag, 10);
  return Number.isNaN(major) || major >= 19;
};

function imageName({ image }: ServiceSpec): { name: string; tag: string } {
  const { name = '', tag = '' } = parseImageRef(image.reference) ?? {};
  return { name: posix.basename(name), tag };
}
