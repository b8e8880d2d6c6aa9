import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { pack } from 'tar-stream';
import { containerOwner } from '../../../../agent/container/container-owner.ts';
import { endedContainer, fakeDocker, notFound } from '../../../support/fake-docker-client.ts';

const LISTS: Readonly<Record<string, string>> = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\napp:x:1234:1235::/home/app:/bin/sh\nodd:x:12x:1;id::/:/bin/sh\n',
  '/etc/group': 'root:x:0:\nstaff:x:50:app\n',
};

async function tarOf(name: string, content: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name }, content);
  archive.finalize();
  return await buffer(archive);
}

/** The owner in a container of that user whose image has these lists. */
const ownerOf = (user: string, lists: Readonly<Record<string, string>> = LISTS): Promise<string | undefined> =>
  containerOwner(
    fakeDocker({
      inspectContainer: async () => ({ ...endedContainer, user }),
      getArchive: async (_, path, maxBytes) => {
        const content = lists[path];
        if (content === undefined) throw notFound();
        return (await tarOf(path.slice(1), content)).subarray(0, maxBytes);
      },
    }),
    'c',
  );

describe('containerOwner', () => {
  for (const [user, owner] of [
    ['', '0:0'],
    ['root', '0:0'],
    ['0:1000', '0:0'],
    ['app', '1234:1235'],
    ['1234', '1234:1235'],
    ['4242', '4242:0'],
    ['4242:4343', '4242:4343'],
    ['app:staff', '1234:50'],
    ['app:7', '1234:7'],
    ['nobody-knows', undefined],
    ['app:nobody-knows', undefined],
    ['odd', undefined],
  ] as const)
    test(`"${user}" is ${owner}`, async () => assert.equal(await ownerOf(user), owner));

  test('an image without lists: numbers are known, names are not', async () => {
    assert.deepEqual(
      [await ownerOf('7:8', {}), await ownerOf('7', {}), await ownerOf('app', {})],
      ['7:8', '7:0', undefined],
    );
  });

  test('a list of any size is not read', async () => {
    assert.equal(await ownerOf('app', { '/etc/passwd': `${'x'.repeat(1 << 21)}\napp:x:1:2::/:\n` }), undefined);
  });
});
