import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JobFailure } from '../../../../../agent/common/errors/job-failure.ts';
import { containerFailure } from '../../../../../agent/container/failure/container-failure.ts';
import { DockerError, EngineUnreachableError } from '../../../../../agent/docker/docker-error.ts';

const START =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: ';
const failure = (message: string, status = 400, what = 'start the build container'): JobFailure => {
  const error = containerFailure(new DockerError(message, status), what, 'img:1');
  assert.ok(error instanceof JobFailure);
  return error;
};

describe('containerFailure', () => {
  const real: readonly (readonly [what: string, message: string, sentence: string])[] = [
    [
      'no shell, Engine 28.5',
      `${START}unable to start container process: error during container init: exec: "sh": executable file not found in $PATH: unknown`,
      'image "img:1" has no shell: the script needs sh or bash in it',
    ],
    [
      'no shell, Engine 20.10',
      'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "sh": executable file not found in $PATH: unknown',
      'image "img:1" has no shell: the script needs sh or bash in it',
    ],
    [
      'entrypoint in PATH',
      `${START}unable to start container process: error during container init: exec: "no-such": executable file not found in $PATH: unknown`,
      'image "img:1" has no program "no-such": check the entrypoint',
    ],
    [
      'entrypoint by path',
      `${START}unable to start container process: error during container init: exec: "/no/such": stat /no/such: no such file or directory: unknown`,
      'image "img:1" has no program "/no/such": check the entrypoint',
    ],
    [
      'architecture',
      'exec /bin/sh: exec format error',
      'image "img:1" is made for another processor architecture than this host (exec format error)',
    ],
    ['user', 'unable to find user squid: no matching entries in passwd file', 'image "img:1" has no user "squid"'],
    [
      'no executable file',
      `${START}unable to start container process: error during container init: exec: "/plain": permission denied`,
      '"/plain" of image "img:1" is not an executable file: check the entrypoint',
    ],
    [
      'a directory',
      `${START}unable to start container process: error during container init: exec: "/dir": is a directory: permission denied`,
      '"/dir" of image "img:1" is not an executable file: check the entrypoint',
    ],
    ['group', 'unable to find group crew: no matching entries in group file', 'image "img:1" has no group "crew"'],
    [
      'port',
      'driver failed programming external connectivity on endpoint x (0a): Bind for 0.0.0.0:8080 failed: port is already allocated',
      'a port that a container is to have on the host is taken already: with network_mode "host" all share it',
    ],
    [
      'full disk at create',
      'mkdir /var/lib/docker/overlay2/0a-init: no space left on device',
      'no space left on the disk of the engine: free some (docker system df, docker system prune)',
    ],
    [
      'read-only',
      `${START}error mounting "/x" to rootfs at "/y": mkdirat /var/lib/docker/overlay2/0a/merged/y: read-only file system`,
      'the engine cannot write to a read-only file system: a mount point that is missing in a read-only image or volume, or a disk of the host',
    ],
    [
      'memory at start',
      `${START}unable to start container process: container init was OOM-killed (memory limit too low?): unknown`,
      'the container was out of memory before its first program ran: "memory" in [runners.docker] is too small',
    ],
    [
      'removed before the start',
      'No such container: 3e3f34857d10',
      'a container of the job was removed from outside before it was started',
    ],
    ['network', 'network nope not found', 'there is no network "nope" on this host: check network_mode'],
  ];
  for (const [what, message, sentence] of real)
    test(what, () => {
      const error = failure(message, 404);
      assert.deepEqual([error.reason, error.message], ['runner_system_failure', sentence]);
      assert.ok(error.cause instanceof DockerError);
    });

  test('what the engine refuses at create is a mistake of the configuration', () => {
    const error = failure('invalid CPU set', 400, 'create the build container');
    assert.equal(error.reason, 'runner_configuration_error');
    assert.equal(error.message, 'the engine could not create the build container: invalid CPU set');
  });

  test('everything else is ours', () => {
    assert.equal(failure('driver failed', 500).reason, 'runner_system_failure');
    assert.equal(failure('bad parameter', 400).reason, 'runner_system_failure');
  });

  test('other errors pass', () => {
    for (const error of [
      new EngineUnreachableError('h', 'ENOENT'),
      new JobFailure('script_failure', 'x'),
      new TypeError('x'),
    ])
      assert.equal(containerFailure(error, 'start', 'img'), error);
  });
});
