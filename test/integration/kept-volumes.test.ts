import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { EngineJob } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';
import type { JobChanges } from '../support/job-fixture.ts';
import { changedImage } from '../support/test-image.ts';

const freshToken = (): string => `glrt-${randomBytes(9).toString('hex')}`;
const LABEL = 'com.gitlab.gitlab-runner.';
const READY = 'echo READY""-1';
const HELD = [READY, 'while [ ! -e /tmp/go ]; do sleep 0.1; done'];

/** Runs the job to its end and gives what its script printed. What may be kept stays until `job` is disposed. */
async function run(job: EngineJob): Promise<string[]> {
  assert.equal(await job.run(), undefined, job.trace.printed('step_script', 'stderr').join('\n'));
  assert.deepEqual(await job.leftovers(), []);
  return job.trace.printed();
}

const job = (token: string, script: string, changes: JobChanges = {}): EngineJob =>
  new EngineJob({ ...changes, payload: { steps: [{ name: 'script', script: [script] }], ...changes.payload } }, token);

describe('volumes that outlive a job', { skip: needsEngine(), concurrency: 2 }, () => {
  test('a destination of nested variables: writable, and the next job finds what was written', async () => {
    const token = freshToken();
    const changes = {
      runner: { environment: ['PLACE=/data/$PART'] },
      docker: { volumes: ['${PLACE}/$CI_PROJECT_PATH'] },
      payload: {
        image: { name: 'busybox:latest', executor_opts: { docker: { user: 'nobody' } } },
        variables: [variable('PART', 'of-mine'), variable('CI_PROJECT_PATH', 'grp/app')],
      },
    };
    const path = '/data/of-mine/grp/app';
    const payload = (script: string): JobChanges => ({
      ...changes,
      payload: { ...changes.payload, steps: [{ name: 'script', script: [script] }] },
    });
    await using first = new EngineJob(payload(`echo kept > ${path}/note; grep -c " ${path} " /proc/mounts`), token);
    assert.deepEqual(await run(first), ['1']);
    await using second = new EngineJob(payload(`cat ${path}/note`), token);
    assert.deepEqual(await run(second), ['kept']);
  });

  test('another project finds another volume', async () => {
    const token = freshToken();
    const config = { volumes: ['/cache'] };
    await using first = job(token, 'touch /cache/mine', { docker: config });
    await run(first);
    await using second = job(token, 'ls /cache', {
      docker: config,
      payload: {
        job_info: { name: 'job', stage: 'test', project_id: 8 },
        steps: [{ name: 'script', script: ['ls /cache'] }],
      },
    });
    assert.deepEqual(await run(second), []);
  });

  test('one volume for a project and slot; its labels say what it is', async () => {
    const token = freshToken();
    await using first = job(token, 'true', { docker: { volumes: ['/cache'] } });
    await run(first);
    await using second = job(token, 'true', { docker: { volumes: ['/cache'] } });
    await run(second);
    const own = ['--filter', `label=${LABEL}runner.id=${token.slice(5, 14)}`];
    const names = (await docker('volume', 'ls', '--quiet', ...own)).split('\n');
    assert.equal(names.length, 1);
    const keys = ['type', 'destination', 'protected', 'reusable', 'managed', 'project.id'];
    const format = keys.map((key) => `{{index .Labels "${LABEL}${key}"}}`).join(' ');
    assert.equal(
      await docker('volume', 'inspect', '--format', format, names[0] ?? ''),
      'cache /cache false true true 7',
    );
  });

  test('a job of a protected ref has one of its own, and says so', async () => {
    const token = freshToken();
    const config = { volumes: ['/cache'] };
    await using open = job(token, 'touch /cache/of-anybody', { docker: config });
    await run(open);
    await using guarded = job(token, 'ls /cache', {
      docker: config,
      payload: {
        variables: [variable('CI_COMMIT_REF_PROTECTED', 'true')],
        steps: [{ name: 'script', script: ['ls /cache'] }],
      },
    });
    assert.deepEqual(await run(guarded), []);
    const [volume] = guarded.spec.volumes;
    assert.ok(volume?.kind === 'managed' && volume.name.endsWith('-protected'));
    const format = `{{index .Labels "${LABEL}protected"}}`;
    assert.equal(await docker('volume', 'inspect', '--format', format, volume.name), 'true');
  });
});

describe('volumes that go with a job', { skip: needsEngine(), concurrency: 2 }, () => {
  test('those that the images of build and service declare', { timeout: 30_000 }, async () => {
    await using image = await changedImage('busybox:latest', 'VOLUME /declared', 'CMD ["sleep", "300"]');
    await using held = new EngineJob({
      payload: {
        image: { name: image.name },
        services: [{ name: image.name, alias: 'other' }],
        steps: [{ name: 'script', script: ['touch /declared/mine', ...HELD] }],
      },
    });
    const running = held.stages();
    await held.trace.says('READY-1');
    const format = '{{range .Mounts}}{{if eq .Destination "/declared"}}{{.Name}}{{end}}{{end}}';
    const [service] = held.spec.services;
    const containers = [held.buildName, `${held.spec.namePrefix}-${service?.nameSuffix ?? ''}`];
    const volumes = (await docker('inspect', '--format', format, ...containers)).split('\n');
    assert.deepEqual([volumes.length, new Set(volumes).size], [2, 2]);
    await docker('exec', held.buildName, 'touch', '/tmp/go');
    assert.equal(await running, undefined);
    assert.deepEqual(await held.cleanUp(), []);
    const left = (await docker('volume', 'ls', '--quiet')).split('\n');
    assert.deepEqual(
      volumes.filter((name) => left.includes(name)),
      [],
    );
  });

  test('the builds directory, when a service shares it and nothing is fetched', async () => {
    await using shared = new EngineJob({
      payload: {
        services: [
          {
            name: 'busybox:latest',
            command: ['sh', '-c', 'while [ ! -e /builds/a ]; do sleep 0.1; done; touch /builds/b; sleep 300'],
          },
        ],
        steps: [
          { name: 'script', script: ['touch /builds/a', 'while [ ! -e /builds/b ]; do sleep 0.1; done; echo both'] },
        ],
      },
    });
    assert.equal(await shared.run(), undefined);
    assert.deepEqual([shared.trace.printed(), await shared.leftovers()], [['both'], []]);
    assert.ok(shared.spec.volumes.some((volume) => volume.kind === 'managed' && !volume.reusable));
  });
});
