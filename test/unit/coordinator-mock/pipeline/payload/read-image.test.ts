import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ImageSpec } from '#protocol/image-spec.ts';
import { imageSpecSchema } from '#protocol/image-spec.ts';
import { makeJob } from '../../../../support/make-pipeline.ts';

const plain: ImageSpec = {
  name: 'busybox',
  alias: undefined,
  command: undefined,
  entrypoint: undefined,
  ports: [],
  variables: [],
  pull_policy: [],
  executor_opts: {},
};

const images: readonly (readonly [yaml: string, expected: Partial<ImageSpec>])[] = [
  ['busybox', {}],
  ['"busybox:$TAG"', { name: 'busybox:$TAG' }],
  ['{name: busybox}', {}],
  ['{name: busybox, entrypoint: [""]}', { entrypoint: [''] }],
  ['{name: busybox, entrypoint: []}', { entrypoint: [] }],
  ['{name: busybox, entrypoint: ["/bin/sh", "-c"]}', { entrypoint: ['/bin/sh', '-c'] }],
  ['{name: busybox, entrypoint: "/init"}', { entrypoint: ['/init'] }],
  ['{name: busybox, pull_policy: never}', { pull_policy: ['never'] }],
  ['{name: busybox, pull_policy: [always, if-not-present]}', { pull_policy: ['always', 'if-not-present'] }],
  [
    '{name: busybox, docker: {platform: linux/arm64, user: "1000:1000"}}',
    { executor_opts: { docker: { platform: 'linux/arm64', user: '1000:1000' } } },
  ],
  ['{name: busybox, docker: {user: 1000}}', { executor_opts: { docker: { user: '1000' } } }],
  ['{name: busybox, ports: [80]}', { ports: [{ number: 80, protocol: 'http', name: 'default_port' }] }],
  [
    '{name: busybox, ports: [{number: 443, protocol: https, name: web}]}',
    { ports: [{ number: 443, protocol: 'https', name: 'web' }] },
  ],
];

describe('image', () => {
  for (const [yaml, expected] of images) {
    test(yaml, () => {
      assert.deepEqual(makeJob(`a: {script: x, image: ${yaml}}`).payload.image, { ...plain, ...expected });
    });
  }

  test('absent: the runner has its own', () => {
    assert.equal(makeJob('a: {script: x}').payload.image, undefined);
  });
});

const services: readonly (readonly [yaml: string, expected: Partial<ImageSpec>[]])[] = [
  ['[redis:7, postgres]', [{ name: 'redis:7' }, { name: 'postgres' }]],
  ['[{name: redis, alias: db}]', [{ name: 'redis', alias: 'db' }]],
  ['[{name: redis, alias: "db,cache"}]', [{ name: 'redis', alias: 'db,cache' }]],
  ['[{name: redis, alias: [db, cache]}]', [{ name: 'redis', alias: 'db,cache' }]],
  [
    '[{name: redis, command: [redis-server, --port, "1"]}]',
    [{ name: 'redis', command: ['redis-server', '--port', '1'] }],
  ],
  [
    '[{name: redis, command: redis-server, entrypoint: [""]}]',
    [{ name: 'redis', command: ['redis-server'], entrypoint: [''] }],
  ],
  [
    '[{name: pg, variables: {PASSWORD: $SECRET, PORT: 5432}}]',
    [
      {
        name: 'pg',
        variables: [
          { key: 'PASSWORD', value: '$SECRET' },
          { key: 'PORT', value: '5432' },
        ],
      },
    ],
  ],
  [
    '[{name: pg, pull_policy: always, docker: {user: me}}]',
    [{ name: 'pg', pull_policy: ['always'], executor_opts: { docker: { user: 'me' } } }],
  ],
  ['[]', []],
];

describe('services', () => {
  for (const [yaml, expected] of services) {
    test(yaml, () => {
      const found = makeJob(`a: {script: x, services: ${yaml}}`).payload.services;
      assert.deepEqual(
        found,
        expected.map((service) => ({ ...plain, ...service })),
      );
      for (const service of found) imageSpecSchema.parse(JSON.parse(JSON.stringify(service)));
    });
  }
});
