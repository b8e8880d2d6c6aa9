import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { entrySettings } from '../../../../../agent/commands/options/entry-settings.ts';
import { registerCommandLine } from '../../../../../agent/commands/options/register-options.ts';
import type { TomlTable } from '../../../../../agent/config/check/parse-toml.ts';
import { dockerTable } from '../../../../../agent/config/schema/docker.ts';

function settingsOf(args: readonly string[]): TomlTable {
  const { command, entryOptions } = registerCommandLine();
  command.action(() => {}).configureOutput({ writeErr: () => {} });
  command.parse(args, { from: 'user' });
  return entrySettings(command, entryOptions);
}

describe('options and the keys they set', () => {
  for (const [args, expected] of [
    [['--limit', '3', '--request-concurrency=2'], { limit: 3, request_concurrency: 2 }],
    [['--env', 'A=b', '--env', 'C=d, e'], { environment: ['A=b', 'C=d, e'] }],
    [['--feature-flags', 'FF_A:true', '--feature-flags', 'FF_B:false'], { feature_flags: { FF_A: true, FF_B: false } }],
    [['--feature-flags', 'FF_A:1,FF_B=f'], { feature_flags: { FF_A: true, FF_B: false } }],
    [['--tls-ca-file', '/ca.pem', '--clone-url', 'http://x'], { 'tls-ca-file': '/ca.pem', clone_url: 'http://x' }],
    [['--pre-build-script', 'echo a\necho b'], { pre_build_script: 'echo a\necho b' }],
    [['--unhealthy-interval', '90s', '--builds-dir', '/b'], { unhealthy_interval: '90s', builds_dir: '/b' }],
    [
      ['--cache-type', 's3', '--cache-s3-server-address', 'h', '--cache-s3-role-arn', 'r', '--cache-shared'],
      { cache: { Type: 's3', Shared: true, s3: { ServerAddress: 'h', RoleARN: 'r' } } },
    ],
    [['--cache-max_uploaded_archive_size', '10'], { cache: { MaxUploadedArchiveSize: 10 } }],
    [
      ['--cache-s3-access-key', 'k', '--cache-gcs-access-id', 'i'],
      { cache: { s3: { AccessKey: 'k' }, gcs: { AccessID: 'i' } } },
    ],
    [['--custom_build_dir-enabled=false'], { custom_build_dir: { enabled: false } }],
    [['--docker-privileged', '--docker-tlsverify=false'], { docker: { privileged: true, tls_verify: false } }],
    [['--docker-pull-policy', 'never', '--docker-pull-policy', 'always'], { docker: { pull_policy: ['always'] } }],
    [['--docker-services_privileged=false'], { docker: { services_privileged: false } }],
    [['--docker-services-privileged'], { docker: { services_privileged: true } }],
    [
      ['--docker-services', 'redis:7', '--docker-services', 'pg'],
      { docker: { services: [{ name: 'redis:7' }, { name: 'pg' }] } },
    ],
    [['--docker-sysctls', '{"net.core.somaxconn":"1024"}'], { docker: { sysctls: { 'net.core.somaxconn': '1024' } } }],
    [['--docker-tmpfs', '{"/x" = "rw"}'], { docker: { tmpfs: { '/x': 'rw' } } }],
    [
      ['--docker-ulimit', 'nofile=1:2', '--docker-ulimit', 'core=0'],
      { docker: { ulimit: { nofile: '1:2', core: '0' } } },
    ],
    [['--docker-userns', 'host', '--docker-cert-path', '/c'], { docker: { userns_mode: 'host', tls_cert_path: '/c' } }],
    [['--docker-volumes', '/a:/a', '--docker-volumes', '/b'], { docker: { volumes: ['/a:/a', '/b'] } }],
    [['--docker-wait-for-services-timeout', '-1'], { docker: { wait_for_services_timeout: -1 } }],
    [[], {}],
  ] as const) {
    test(args.join(' ').replaceAll('\n', ' ') || '(nothing)', () => assert.deepEqual(settingsOf(args), expected));
  }

  for (const args of [
    ['--limit', '1.5'],
    ['--docker-privileged=maybe'],
    ['--feature-flags', 'FF_A'],
    ['--docker-sysctls', '{broken'],
    ['--unhealthy-interval', 'soon'],
  ]) {
    test(`${args.join(' ')} is refused`, () =>
      assert.throws(() => settingsOf(args), { code: 'commander.invalidArgument' }));
  }

  test('every key of [runners.docker] but the free-form ones has an option', () => {
    const { entryOptions } = registerCommandLine();
    const docker = new Set(entryOptions.filter(({ path }) => path[0] === 'docker').map(({ path }) => path[1]));
    const missing = Object.keys(dockerTable.shape).filter((key) => !docker.has(key));
    assert.deepEqual(missing, ['allowed_docker_credential_helpers', 'registry_mirrors', 'services_devices']);
  });
});
