import type { DockerConfig } from '../../config/schema/docker.ts';
import { canonicalName } from '../../images/rules/image-names.ts';
import { matchesImage } from '../../images/rules/match-image.ts';
import { refusedValue } from './refused-value.ts';

/** A device of the host as the engine takes it. */
export interface DeviceMapping {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  readonly CgroupPermissions: string;
}

const ALL_RIGHTS = 'rwm';

/**
 * `devices`: `/dev/on-host[:/dev/in-container][:rwm]` lines of `key`.
 * @throws {JobFailure} for a line that is none
 */
export function deviceMappings(key: string, lines: readonly string[]): DeviceMapping[] {
  return lines.map((line) => {
    const parts = line.split(':');
    const rights = parts.length > 1 && isRights(parts.at(-1) ?? '') ? (parts.pop() ?? '') : ALL_RIGHTS;
    const [host = '', inside = host, ...rest] = parts;
    if (!host.startsWith('/') || !inside.startsWith('/') || rest.length > 0)
      throw refusedValue(key, line, '/dev/on-host[:/dev/in-container[:rwm]]');
    return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: rights };
  });
}

/** The devices that `services_devices` has for services of this image. */
export function serviceDevices(docker: DockerConfig, reference: string): DeviceMapping[] {
  return Object.entries(docker.services_devices ?? {}).flatMap(([glob, lines]) =>
    matchesImage(glob, [reference, canonicalName(reference)]) ? deviceMappings('services_devices', lines) : [],
  );
}

const isRights = (text: string): boolean => /^[rwm]{1,3}$/.test(text);
