import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { afterScript, EngineJob, runScript } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';
import { changedImage } from '../support/test-image.ts';

const ping = (host: string): string => `(printf 'PING\\r\\n'; sleep 0.3) | nc ${host} 6379`;

describe('which image a job runs in', { skip: needsEngine(), concurrency: 2 }, () => {
  test('a name put together from variables that hold variables', async () => {
    await using image = await changedImage('busybox:latest', 'ENV WHICH=the-right-one');
    const [repository = '', tag = ''] = image.name.split(':');
    const variables = [
      variable('START', repository.slice(0, 5)),
      variable('REPOSITORY', `\${START}${repository.slice(5)}`),
      variable('TAG', tag),
    ];
    const { trace } = await runScript(['echo "$WHICH $CI_JOB_IMAGE"'], {
      payload: { image: { name: '$REPOSITORY:${TAG}' }, variables },
    });
    assert.deepEqual(trace.printed(), [`the-right-one ${image.name}`]);
  });

  test('names in the configuration hold variables of the runner and of the job: image, service, alias', async () => {
    await using image = await changedImage('busybox:latest', 'ENV WHICH=the-right-one');
    const [repository = '', tag = ''] = image.name.split(':');
    const { trace, failure } = await runScript(['echo "$WHICH"', ping('store')], {
      runner: { environment: [`BASE=${repository}`, 'NUMBER=7'] },
      docker: { image: '$BASE:$TAG', services: [{ name: 'redis:$NUMBER', alias: '$SERVICE_ALIAS' }] },
      payload: { image: null, variables: [variable('TAG', tag), variable('SERVICE_ALIAS', 'store')] },
    });
    assert.equal(failure, undefined);
    assert.deepEqual(
      trace.printed().map((line) => line.trim()),
      ['the-right-one', '+PONG'],
    );
    assert.ok(trace.lines.includes(`Using Docker executor with image ${image.name} ...`));
    assert.ok(trace.lines.includes('Starting service redis:7...'));
  });

  for (const [what, image] of [
    ['no image', null],
    ['an empty name', { name: '' }],
  ] as const)
    test(`${what} in the job: the runner's`, async () => {
      const { trace } = await runScript(['git --version | cut -c1-11'], {
        docker: { image: 'gitbase:latest' },
        payload: { image },
      });
      assert.deepEqual(trace.printed(), ['git version']);
    });

  test('an image id is taken from this host, although the policy is always', async () => {
    const id = await docker('image', 'inspect', '--format', '{{.Id}}', 'gitbase:latest');
    const { trace } = await runScript(['git --version | cut -c1-11'], {
      docker: { pull_policy: 'always' },
      payload: { image: { name: id } },
    });
    assert.deepEqual(trace.printed(), ['git version']);
  });

  test('the log names image and id, for services too', async () => {
    const ids = await Promise.all(
      ['busybox:latest', 'redis:7'].map((name) => docker('image', 'inspect', '--format', '{{.Id}}', name)),
    );
    const { trace } = await runScript(['true'], { payload: { services: [{ name: 'redis:7' }] } });
    for (const [index, name] of ['busybox:latest', 'redis:7'].entries())
      assert.ok(
        trace.lines.some((line) => line.startsWith(`Using docker image ${ids[index]} for ${name} `)),
        trace.lines.join('\n'),
      );
  });

  test('the helper image that the runner names is used, its name expanded; its own entrypoint is not', async () => {
    await using helper = await changedImage('gitbase:latest', 'ENTRYPOINT ["false"]');
    const [repository = '', tag = ''] = helper.name.split(':');
    const id = await docker('image', 'inspect', '--format', '{{.Id}}', helper.name);
    await using job = new EngineJob({
      docker: { helper_image: `${repository}:$HELPER_TAG`, volumes: ['/builds'], disable_cache: true },
      payload: {
        variables: [variable('HELPER_TAG', tag), variable('GIT_STRATEGY', 'fetch')],
        git_info: { repo_url: 'http://127.0.0.1:9/none.git', ref: 'main', sha: '0'.repeat(40), refspecs: ['+a:b'] },
      },
    });
    await job.stages();
    const used = await docker('inspect', '--format', '{{.Image}}', `${job.spec.namePrefix}-predefined`);
    assert.equal(used, id);
    assert.match(job.trace.printed('get_sources', 'stderr').join('\n'), /unable to access 'http:\/\/127\.0\.0\.1:9/);
    assert.deepEqual(await job.cleanUp(), []);
  });

  test("the image's WORKDIR is not where scripts run: the project directory is", async () => {
    await using image = await changedImage('busybox:latest', 'WORKDIR /opt/elsewhere');
    const { trace } = await runScript(['pwd', 'touch here'], {
      payload: { image: { name: image.name }, steps: [afterScript('pwd', 'ls')] },
    });
    assert.deepEqual(trace.printed(), ['/builds/grp/app']);
    assert.deepEqual(trace.printed('after_script'), ['/builds/grp/app', 'here']);
  });
});

describe('entrypoints that jobs may not change', { skip: needsEngine(), concurrency: 2 }, () => {
  const noOverwrite = { disable_entrypoint_overwrite: true };

  test("the image's own runs instead of the job's, and its author is told", async () => {
    await using image = await changedImage(
      'busybox:latest',
      'ENTRYPOINT ["sh", "-c", "export SET=by-the-image; exec \\"$@\\"", "--"]',
    );
    const { trace, job } = await runScript(['echo "[$SET]"'], {
      docker: noOverwrite,
      payload: { image: { name: image.name, entrypoint: [''] } },
    });
    assert.deepEqual(trace.printed(), ['[by-the-image]']);
    assert.match(job.warnings.join('\n'), /Entrypoint override disabled/);
  });

  test("a service's own runs instead of the job's", async () => {
    const { trace, failure } = await runScript([ping('redis')], {
      docker: noOverwrite,
      payload: { services: [{ name: 'redis:7', entrypoint: ['/no/such/program'] }] },
    });
    assert.equal(failure, undefined);
    assert.deepEqual([trace.printed().map((line) => line.trim()), trace.problems], [['+PONG'], []]);
  });
});

describe('what the entrypoint of an image gets', { skip: needsEngine(), concurrency: 2 }, () => {
  test('the variables of the job, private, masked and referring ones too, and file variables as paths', async () => {
    const image = { name: 'busybox:latest', entrypoint: ['sh', '-c', 'echo "$PUB $PRIV $REF $FILE"; exec "$@"', '--'] };
    const variables = [
      variable('PUB', 'p', { public: true }),
      variable('PRIV', 'secret-value', { masked: true }),
      variable('REF', 'x-$PRIV'),
      variable('FILE', 'content', { file: true }),
    ];
    const { trace } = await runScript(['true'], { payload: { image, variables } });
    assert.deepEqual(trace.printed(), ['p secret-value x-secret-value /builds/grp/app.tmp/FILE']);
  });

  test('words of the job as they are: variables in them are not expanded', async () => {
    const image = { name: 'busybox:latest', entrypoint: ['env', 'GIVEN=$WORD'] };
    const { trace } = await runScript(['echo "$GIVEN"'], { payload: { image, variables: [variable('WORD', 'w')] } });
    assert.deepEqual(trace.printed(), ['$WORD']);
  });

  test('its words on standard error are in the log too', async () => {
    const entrypoint = ['sh', '-c', 'echo "to stderr" >&2; exec "$@"', '--'];
    const { trace } = await runScript(['true'], { payload: { image: { name: 'busybox:latest', entrypoint } } });
    assert.deepEqual(trace.printed('step_script', 'stderr'), ['to stderr']);
  });
});
