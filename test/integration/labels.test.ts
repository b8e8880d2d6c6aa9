import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IMAGE_LABEL } from '../../scripts/images/image-recipe.ts';
import { EngineJob } from '../support/engine-job.ts';
import { docker, needsEngine } from '../support/engine.ts';
import { JOB_TOKEN, SHA, variable } from '../support/job-fixture.ts';
import { labelTable } from '../support/label-table.ts';

type Labels = Readonly<Record<string, string>>;

const KIND = 'com.gitlab.gitlab-runner.type';

async function labelsOf(kind: 'container' | 'network' | 'volume', name: string): Promise<Labels> {
  const field = kind === 'container' ? '.Config.Labels' : '.Labels';
  const labels = JSON.parse(await docker(kind, 'inspect', '--format', `{{json ${field}}}`, name)) as Labels;
  // the test images have one of their own
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== IMAGE_LABEL));
}

describe('labels of real objects', { skip: needsEngine() }, () => {
  test('build, helper, service, network and volume have what the page says, and lead to the job', async () => {
    await using job = new EngineJob({
      payload: {
        services: [{ name: 'redis:7' }],
        variables: [
          variable('CI_JOB_URL', `https://user:${JOB_TOKEN}@git.example.com/grp/app/-/jobs/1`),
          variable('CI_PIPELINE_ID', '99'),
          variable('CI_PROJECT_PATH', 'grp/app'),
          variable('CI_RUNNER_ID', '5'),
          variable('CI_JOB_TOKEN', JOB_TOKEN, { masked: true }),
        ],
      },
      docker: { volumes: ['/cache'], container_labels: { team: 'payments', secret: `of $CI_JOB_TOKEN` } },
    });
    assert.equal(await job.stages(), undefined);
    const table = await labelTable();
    const keys = (...places: string[]): string[] => table.filter(({ on }) => places.includes(on)).map(({ key }) => key);
    const common = keys('all');
    const prefix = job.spec.namePrefix;
    const cache = job.spec.volumes.find(({ destination }) => destination === '/cache');
    const found: [Labels, string[], string | undefined][] = [
      [await labelsOf('container', `${prefix}-build`), [...common, KIND, 'team', 'secret'], 'build'],
      [
        await labelsOf('container', `${prefix}-redis-0`),
        [
          ...common,
          KIND,
          ...keys('services'),
          ...['team', 'secret'].flatMap((key) => [key, `com.gitlab.gitlab-runner.${key}`]),
        ],
        'service',
      ],
      [await labelsOf('network', job.spec.networkName), common, undefined],
      [
        await labelsOf('volume', cache?.kind === 'managed' ? cache.name : ''),
        [...common, KIND, ...keys('volumes')],
        'cache',
      ],
    ];
    for (const [labels, expected, type] of found) {
      assert.deepEqual(Object.keys(labels).toSorted(), expected.toSorted());
      assert.equal(labels[KIND], type);
      assert.equal(labels['com.gitlab.gitlab-runner.job.id'], String(job.spec.jobId));
      assert.equal(labels['com.gitlab.gitlab-runner.job.sha'], SHA);
      assert.equal(labels['com.gitlab.gitlab-runner.job.url'], 'https://git.example.com/grp/app/-/jobs/1');
      assert.equal(labels['com.gitlab.gitlab-runner.pipeline.id'], '99');
      assert.equal(labels['com.gitlab.gitlab-runner.runner.local_id'], '5');
      assert.equal(labels['dev.dockworker.project.path'], 'grp/app');
      assert.match(labels['dev.dockworker.instance'] ?? '', /^[0-9a-f]{16}$/);
      assert.ok(!JSON.stringify(labels).includes(JOB_TOKEN));
    }
  });
});
