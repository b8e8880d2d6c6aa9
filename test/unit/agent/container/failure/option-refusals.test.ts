import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { containerFailure } from '../../../../../agent/container/failure/container-failure.ts';
import { DockerError } from '../../../../../agent/docker/docker-error.ts';

/** What an engine 28.5 says, and the key that is at fault. */
const REFUSALS: readonly (readonly [message: string, key: string, reason: string])[] = [
  ['unknown or invalid runtime name: nope', 'runtime', 'runner_configuration_error'],
  ['invalid CapAdd: unknown capability: "CAP_NOPE"', 'cap_add', 'runner_configuration_error'],
  ['Minimum memory limit allowed is 6MB', 'memory, service_memory', 'runner_configuration_error'],
  [
    'Minimum memoryswap limit should be larger than memory limit, see usage',
    'memory_swap, service_memory_swap',
    'runner_configuration_error',
  ],
  [
    'Minimum memory limit can not be less than memory reservation limit, see usage',
    'memory_reservation, service_memory_reservation',
    'runner_configuration_error',
  ],
  ['range of CPUs is from 0.01 to 2.00', 'cpus, service_cpus', 'runner_configuration_error'],
  [
    'Requested CPUs are not available - requested 99, available: 0-1',
    'cpuset_cpus, service_cpuset_cpus',
    'runner_configuration_error',
  ],
  [
    'error gathering device information while adding custom device "/dev/nope": no such file or directory',
    'devices, services_devices',
    'runner_system_failure',
  ],
  ['could not select device driver "" with capabilities: [[gpu]]', 'gpus, service_gpus', 'runner_system_failure'],
  ['invalid tmpfs option "bogus"', 'tmpfs, services_tmpfs', 'runner_configuration_error'],
  ['open sysctl net.ipv4.nope file: unsafe procfs detected', 'sysctls', 'runner_configuration_error'],
  ['could not get container for nope: No such container: nope', 'links', 'runner_configuration_error'],
  ['No such container: nope', 'volumes_from, network_mode, pid_mode, ipcmode', 'runner_configuration_error'],
  ['invalid mode: O', 'volumes, volumes_from', 'runner_configuration_error'],
];

describe('containerFailure: values that only the engine can judge', () => {
  for (const [message, keys, reason] of REFUSALS)
    for (const what of ['create the build container', 'start service "redis"'])
      test(`${what}: ${message}`, () => {
        const failure = containerFailure(new DockerError(message, 500), what, 'busybox');
        assert.ok(failure instanceof Error);
        assert.deepEqual(
          [failure.message, Reflect.get(failure, 'reason')],
          [`the engine could not ${what}: ${message}: check ${keys} in [runners.docker]`, reason],
        );
      });
});
