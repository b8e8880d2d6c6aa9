import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { engineAddress } from '../../../../agent/docker/engine-address.ts';
import { tempDir } from '../../../support/temp-dir.ts';

describe('engineAddress', () => {
  test('the configuration, else the environment, else the system socket', () => {
    const env = { DOCKER_HOST: 'unix:///env.sock' };
    assert.deepEqual(engineAddress({ host: 'unix:///cfg.sock' }, env).options, { socketPath: '/cfg.sock' });
    assert.deepEqual(engineAddress({}, env).options, { socketPath: '/env.sock' });
    assert.deepEqual(engineAddress({ host: '' }, {}), {
      host: 'unix:///var/run/docker.sock',
      options: { socketPath: '/var/run/docker.sock' },
    });
  });

  for (const [host, options] of [
    ['tcp://engine', { host: 'engine', port: '2375', protocol: 'http' }],
    ['tcp://10.0.0.1:1234', { host: '10.0.0.1', port: '1234', protocol: 'http' }],
    ['engine:2375', { host: 'engine', port: '2375', protocol: 'http' }],
    ['https://engine', { host: 'engine', port: '2376', protocol: 'https' }],
  ] as const)
    test(host, () => assert.deepEqual(engineAddress({ host }, {}).options, options));

  test('tls_verify asks for TLS', () => {
    assert.deepEqual(engineAddress({ host: 'tcp://e', tls_verify: true }, {}).options, {
      host: 'e',
      port: '2376',
      protocol: 'https',
    });
  });

  test('certificates of the configuration or of DOCKER_CERT_PATH', async () => {
    await using dir = await tempDir();
    for (const name of ['ca', 'cert', 'key']) await writeFile(dir.file(`${name}.pem`), name);
    const expected = {
      host: 'e',
      port: '2376',
      protocol: 'https',
      ca: Buffer.from('ca'),
      cert: Buffer.from('cert'),
      key: Buffer.from('key'),
    };
    assert.deepEqual(engineAddress({ host: 'tcp://e', tls_cert_path: dir.path }, {}).options, expected);
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: dir.path };
    assert.deepEqual(engineAddress({ host: 'tcp://e' }, env).options, expected);
    assert.equal(engineAddress({ host: 'tcp://e' }, { DOCKER_CERT_PATH: dir.path }).options.protocol, 'http');
  });

  test('a certificate that is missing is named', () => {
    assert.throws(
      () => engineAddress({ host: 'tcp://e', tls_cert_path: '/nonexistent' }, {}),
      /\/nonexistent\/ca\.pem/,
    );
  });

  for (const host of ['ssh://user@host', 'npipe:////./pipe/docker_engine', 'ftp://x'])
    test(`${host} is refused by name`, () => assert.throws(() => engineAddress({ host }, {}), new RegExp(`"${host}"`)));
});
