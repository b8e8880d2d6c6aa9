import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadConfig } from '../../../agent/config/load-config.ts';
import { acceptJob } from '../../../agent/job/accept/accept-job.ts';
import { jobPayloadSchema } from '../../../protocol/job.ts';
import { makePipeline } from '../../support/make-pipeline.ts';
import { makeRepository } from '../../support/make-repository.ts';
import { accepted, jobIdentity } from '../../support/job-fixture.ts';
import { markdownBlocks } from '../../support/markdown-blocks.ts';
import { startCoordinator } from '../../support/start-coordinator.ts';
import { tempDir } from '../../support/temp-dir.ts';

const page = await readFile(join(import.meta.dirname, '..', '..', '..', 'docs', 'docker-builds.md'), 'utf8');
const blocks = await markdownBlocks('docker-builds.md');
const texts = (language: string): string[] =>
  blocks.filter((block) => block.language === language).map(({ text }) => text);

/** First cells of the table below a heading, code marks taken off. */
const cells = (heading: string): string[] => {
  const table =
    page
      .slice(page.indexOf(heading))
      .split('\n\n')
      .find((part) => part.startsWith('|')) ?? '';
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split(' | ')[0]?.replace(/^\| /, '') ?? '');
};

/** Variables of a job as the coordinator hands it out. */
async function handedOut(): Promise<Set<string>> {
  await using folder = await tempDir();
  await makeRepository(folder.file('app'), [{ '.gitlab-ci.yml': 'job: { image: busybox, script: "true" }' }]);
  await using coordinator = await startCoordinator();
  await coordinator.call('POST', '/mock/pipelines', { project_dir: folder.file('app') });
  const { status, json } = await coordinator.request();
  assert.equal(status, 201);
  const payload = jobPayloadSchema.parse(json);
  const { spec } = acceptJob({ ...jobIdentity(), payload });
  return new Set(spec.environment.map(({ key }) => key));
}

describe('docker-builds.md', () => {
  test('configs load without a warning', async () => {
    await using dir = await tempDir();
    assert.equal(texts('toml').length, 2);
    for (const text of texts('toml')) {
      await writeFile(dir.file('config.toml'), text);
      assert.deepEqual((await loadConfig(dir.file('config.toml'), {})).warnings, []);
    }
  });

  test('job files give a pipeline without a warning', () => {
    assert.equal(texts('yaml').length, 2);
    for (const text of texts('yaml')) assert.deepEqual(makePipeline(text).warnings, []);
  });

  test('every variable of the table arrives in a job', async () => {
    const arrived = await handedOut();
    const named = cells('## Where an image comes from').flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)]);
    assert.ok(named.length >= 15);
    const absent = named.map(([, key = '']) => key).filter((key) => !arrived.has(key));
    assert.deepEqual(absent, ['CI_COMMIT_TAG'], 'this one is for tags only');
  });

  test('every warning of the table is one that the agent gives', () => {
    const service = (name: string): object => ({ services: [{ name }] });
    const host = (value: string): object => ({ key: 'DOCKER_HOST', value, public: true });
    const without = { key: 'DOCKER_TLS_CERTDIR', value: '', public: true };
    const given = [
      accepted({ payload: { ...service('docker:dind'), variables: [host('tcp://elsewhere:2376')] } }),
      accepted({ payload: { ...service('docker:dind'), variables: [host('tcp://docker:2375')] } }),
      accepted({ payload: { ...service('docker:dind'), variables: [host('tcp://docker:2376'), without] } }),
    ].flatMap(({ warnings }) => warnings.map((text) => text.replaceAll(/"[^"]*"/g, '"..."')));
    const rows = cells('- **Warnings**').map((cell) => cell.replaceAll('`', ''));
    assert.equal(rows.length, 5);
    for (const row of rows)
      assert.ok(
        given.some((text) => text.startsWith(row)),
        row,
      );
  });
});
