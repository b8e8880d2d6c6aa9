import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needsEngine } from '../support/engine.ts';
import { afterScript, EngineJob, runScript } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';
import { changedImage } from '../support/test-image.ts';

const GITBASE = { image: { name: 'gitbase:latest' } };

describe('a job on the engine', { skip: needsEngine(), concurrency: 2 }, () => {
  test('succeeds, section by section, in one container', async () => {
    const { failure, trace, job } = await runScript(['echo hello', 'pwd', 'hostname', 'cat /proc/1/comm >&2']);
    assert.equal(failure, undefined);
    assert.deepEqual(trace.sections, [
      'prepare_executor',
      'prepare_script',
      'get_sources',
      'step_script',
      'cleanup_file_variables',
    ]);
    assert.deepEqual(trace.printed(), ['hello', '/builds/grp/app', job.spec.hostname]);
    assert.equal(trace.printed('step_script', 'stderr').length, 1);
    assert.ok(trace.lines.includes('Using Docker executor with image busybox:latest ...'));
    assert.ok(trace.lines.includes(`Running on ${job.spec.hostname} via here...`));
  });

  test('fails with the exit code of its script; after_script runs in a fresh shell of the same file system', async () => {
    const { reason, exitCode, trace } = await runScript(
      ['touch /marker; X=1; cd /', 'sleep 300 &', 'exit 3', 'echo never'],
      {
        payload: {
          steps: [afterScript('ls /marker', 'echo "[$X] $CI_JOB_STATUS"', 'pwd', 'ps | grep -c "[s]leep 300" || true')],
        },
      },
    );
    assert.deepEqual([reason, exitCode], ['script_failure', 3]);
    assert.deepEqual(trace.printed(), []);
    assert.deepEqual(trace.printed('after_script'), ['/marker', '[] failed', '/builds/grp/app', '0']);
  });

  test('after_script: its failure is a warning, unless the job wants it to count', async () => {
    const steps = [afterScript('echo in', 'exit 6')];
    const lenient = await runScript(['true'], { payload: { steps } });
    assert.equal(lenient.failure, undefined);
    assert.match(lenient.trace.warnings.join('\n'), /after_script failed \(exit code 6\)/);
    const strict = await runScript(['true'], {
      payload: { steps, variables: [variable('AFTER_SCRIPT_IGNORE_ERRORS', 'false')] },
    });
    assert.deepEqual([strict.reason, strict.exitCode], ['script_failure', 6]);
  });

  test('steps run in order, each in a fresh shell; GITLAB_ENV goes from one to the next', async () => {
    const steps = [
      { name: 'release', script: ['echo "release $A [$X]"', 'echo B=2 >> $GITLAB_ENV', 'exit 5'] },
      { name: 'never', script: ['echo never'] },
      afterScript('echo "after $A $B"'),
    ];
    const { exitCode, trace } = await runScript(['X=1', 'echo A=1 >> $GITLAB_ENV'], { payload: { steps } });
    assert.equal(exitCode, 5);
    assert.deepEqual(trace.printed('step_release'), ['release 1 []']);
    assert.deepEqual(trace.printed('after_script'), ['after 1 2']);
    assert.ok(!trace.sections.includes('step_never'));
  });

  test('empty steps succeed and are not shown', async () => {
    await using job = new EngineJob({
      payload: {
        steps: [
          { name: 'script', script: [] },
          { name: 'x', script: null },
        ],
      },
    });
    assert.equal(await job.run(), undefined);
    assert.ok(!job.trace.sections.some((name) => name.startsWith('step_')));
  });

  const DETECT = ['[ -n "${BASH_VERSION:-}" ] && echo bash || echo "no bash"'];
  for (const [what, changes, expected] of [
    ['bash where the image has it', { payload: GITBASE }, 'bash'],
    ['sh (busybox) where it has not', {}, 'no bash'],
    ['sh (dash) where the runner says so', { payload: GITBASE, runner: { shell: 'sh' } }, 'no bash'],
  ] as const)
    test(`shell: ${what}`, async () => {
      const steps = [afterScript('echo after')];
      const { trace, failure } = await runScript(DETECT, {
        ...changes,
        payload: { ...('payload' in changes ? changes.payload : {}), steps },
      });
      assert.equal(failure, undefined);
      assert.deepEqual([trace.printed(), trace.printed('after_script')], [[expected], ['after']]);
    });

  test('hurtful variables: 200 kB, PATH, a digit first, NUL, no name', async () => {
    const variables = [
      variable('BIG', 'x'.repeat(200_000)),
      variable('PATH', '$PATH:/extra'),
      variable('9LIVES', 'cat'),
      variable('NUL', 'a\0b'),
      variable('', 'nameless'),
      variable('UID', '1000'),
      variable('SHELLOPTS', 'xtrace'),
    ];
    const script = ['echo "${#BIG}"', 'echo "$PATH"', 'echo "$NUL"'];
    for (const payload of [{}, GITBASE]) {
      const { trace, failure, job } = await runScript(script, { payload: { ...payload, variables } });
      assert.equal(failure, undefined, trace.printed('step_script', 'stderr').join('\n'));
      const [length, path, ...rest] = trace.printed();
      assert.deepEqual([length, ...rest], ['200000', 'ab']);
      assert.match(path ?? '', /^\/.*\/bin.*:\/extra$/);
      assert.match(job.warnings.join('\n'), /Variable BIG is too long/);
    }
  });

  test('a user of the image who is not root can write to the project, to file variables and to volumes', async () => {
    await using image = await changedImage('busybox:latest', 'USER 1234:1235');
    const { trace, failure } = await runScript(
      [
        'id -u',
        'echo x > file',
        'cat "$F"; echo more >> "$F"; cat "$F"',
        'touch /cache/x',
        'echo A=1 >> $GITLAB_ENV',
        'echo out > /dev/stdout',
      ],
      {
        docker: { volumes: ['/cache'], disable_cache: true },
        payload: {
          image: { name: image.name },
          variables: [variable('F', 'content\n', { file: true })],
          steps: [afterScript('cat file; echo $A')],
        },
      },
    );
    assert.equal(failure, undefined, trace.printed('step_script', 'stderr').join('\n'));
    assert.deepEqual(trace.printed(), ['1234', 'content', 'content', 'more', 'out']);
    assert.deepEqual(trace.printed('after_script'), ['x', '1']);
  });

  test('file variables: content, path and mode', async () => {
    const values = { F1: 'l1\nl2 \'q\' "d" é \\n\n\n', F2: 'no newline', F3: '', F4: 'z'.repeat(300_000) };
    const variables = Object.entries(values).map(([key, value]) => variable(key, value, { file: true, raw: true }));
    const script = Object.keys(values).map((key) => `echo "$${key} $(wc -c < "$${key}") $(stat -c %a "$${key}")"`);
    const { trace } = await runScript(script, { payload: { variables } });
    const expected = Object.entries(values).map(
      ([key, value]) => `/builds/grp/app.tmp/${key} ${Buffer.byteLength(value)} 666`,
    );
    assert.deepEqual(trace.printed(), expected);
  });

  test('100 MB of output stream through without staying in memory', async () => {
    await using job = new EngineJob({
      payload: {
        steps: [{ name: 'script', script: ["head -c 100000000 /dev/zero | tr '\\000' x | fold -w 99", 'echo END'] }],
      },
    });
    job.trace.keep = 1000;
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
    const before = process.memoryUsage().rss;
    const failure = await job.run();
    clearInterval(watch);
    assert.equal(failure, undefined);
    const bytes = job.trace.outputs['step_script']?.bytes ?? 0;
    assert.ok(bytes > 101_000_000 && bytes < 101_100_000, `${bytes} bytes`);
    assert.ok(peak - before < 80e6, `${Math.round((peak - before) / 1e6)} MB more than before`);
  });
});
