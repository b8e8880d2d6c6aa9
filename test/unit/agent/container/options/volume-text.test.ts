import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { volumeText } from '../../../../../agent/container/options/volume-text.ts';

describe('volumeText', () => {
  for (const [text, source, destination, options] of [
    ['/cache', undefined, '/cache', undefined],
    ['/cache:rw', undefined, '/cache', undefined],
    ['/srv:/data', '/srv', '/data', undefined],
    ['named:/data', 'named', '/data', undefined],
    ['/srv:/data:ro', '/srv', '/data', 'ro'],
    ['/srv:/data:O', '/srv', '/data', 'O'],
    ['/srv:/data:Z', '/srv', '/data', 'Z'],
    ['/srv:/data:ro,z,rslave', '/srv', '/data', 'ro,z,rslave'],
    ['/srv:/data:rshared', '/srv', '/data', 'rshared'],
    ['named:/data:nocopy', 'named', '/data', 'nocopy'],
    ['/srv:/$X/y', '/srv', '/$X/y', undefined],
  ] as const)
    test(text, () => assert.deepEqual(volumeText(text), { source, destination, options }));
});
