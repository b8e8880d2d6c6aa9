import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkConfig } from '../../../agent/config/check/check-config.ts';
import { digestLabel, jobLabels, serviceLabels, typeLabel, volumeLabels } from '../../../agent/container/labels.ts';
import { jobFacts } from '../../../agent/job/accept/label-facts.ts';
import { jobIdentity } from '../../support/job-fixture.ts';
import { labelTable } from '../../support/label-table.ts';
import { markdownBlocks } from '../../support/markdown-blocks.ts';

const table = await labelTable();
const keysOn = (place: string): string[] => table.filter(({ on }) => on === place).map(({ key }) => key);

describe('labels.md', () => {
  test('what all objects have', () => {
    assert.deepEqual(keysOn('all').toSorted(), Object.keys(jobLabels(jobFacts(jobIdentity()))).toSorted());
  });

  test('what some have', () => {
    assert.deepEqual(keysOn('containers, volumes'), Object.keys(typeLabel('build')));
    assert.deepEqual(keysOn('services'), Object.keys(serviceLabels('redis', '7')));
    const { 'com.gitlab.gitlab-runner.type': _, ...volume } = volumeLabels({
      destination: '/cache',
      protected: false,
      reusable: true,
    });
    assert.deepEqual(keysOn('volumes'), Object.keys(volume));
    assert.deepEqual(keysOn('containers'), Object.keys(digestLabel('sha256:0')));
  });

  test('its commands and its config name what is there', async () => {
    const known = new Set(table.map(({ key }) => key));
    const blocks = await markdownBlocks('labels.md');
    const commands = blocks.find(({ language }) => language === 'sh')?.text ?? '';
    const named = [...commands.matchAll(/(?:label=|Label ")([\w.-]+)/g)].map(([, key]) => key ?? '');
    assert.ok(named.length >= 6);
    for (const key of named) assert.ok(known.has(key), key);
    const config = checkConfig(blocks.find(({ language }) => language === 'toml')?.text ?? '', {});
    assert.deepEqual([config.errors, config.unknownKeys, config.unimplemented], [[], [], []]);
  });
});
