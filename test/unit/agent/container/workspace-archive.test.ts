import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { extract } from 'tar-stream';
import { workspaceArchive } from '../../../../agent/container/workspace-archive.ts';
import { accepted, variable } from '../../../support/job-fixture.ts';
import type { JobChanges } from '../../../support/job-fixture.ts';

/** `type mode name` of every entry, files with their content. */
async function entries(changes: JobChanges): Promise<string[]> {
  const archive = extract();
  archive.end(await workspaceArchive(accepted(changes).spec));
  const found: string[] = [];
  for await (const entry of archive) {
    const { type, mode, name } = entry.header;
    const content = (await buffer(entry)).toString();
    found.push([type, mode?.toString(8), name, ...(type === 'file' ? [JSON.stringify(content)] : [])].join(' '));
  }
  return found;
}

describe('workspaceArchive', () => {
  test('every directory on the way to the project, and the temporary one, open to all users', async () => {
    assert.deepEqual(await entries({}), [
      'directory 777 builds',
      'directory 777 builds/grp',
      'directory 777 builds/grp/app',
      'directory 777 builds/grp/app.tmp',
    ]);
  });

  test('file variables, whatever they hold', async () => {
    const variables = [variable('F', 'é\n$x\0', { file: true, raw: true }), variable('E', '', { file: true })];
    assert.deepEqual((await entries({ payload: { variables } })).slice(4), [
      'file 666 builds/grp/app.tmp/F "é\\n$x\\u0000"',
      'file 666 builds/grp/app.tmp/E ""',
    ]);
  });

  test('volumes are opened; directories of the host keep their mode', async () => {
    const names = (await entries({ docker: { volumes: ['/cache/deep', '/srv:/data', '/srv:/builds'] } })).map(
      (line) => line.split(' ')[2],
    );
    assert.ok(names.includes('cache/deep'));
    assert.ok(!names.includes('data') && !names.includes('builds'));
    assert.ok(names.includes('builds/Fixture12/2/grp/app'));
  });

  test('a path of hundreds of letters', async () => {
    const variables = [
      variable('GIT_CLONE_PATH', `/builds/${'deep/'.repeat(60)}end`),
      variable('F', 'x', { file: true }),
    ];
    const found = await entries({ payload: { variables } });
    assert.ok(found.includes(`directory 777 builds/${'deep/'.repeat(60)}end`));
    assert.ok(found.includes(`file 666 builds/${'deep/'.repeat(60)}end.tmp/F "x"`));
  });
});
