import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { EngineJob, randomName, runScript } from '../support/engine-job.ts';
import { variable } from '../support/job-fixture.ts';
import { tempDir } from '../support/temp-dir.ts';
import { changedImage } from '../support/test-image.ts';

const AS_NOBODY = { name: 'busybox:latest', executor_opts: { docker: { user: 'nobody' } } };

/** A container that is not the agent's; disposing it removes it with its volumes. */
async function neighbour(...options: string[]): Promise<{ name: string } & AsyncDisposable> {
  const name = randomName('neighbour');
  await docker('run', '--detach', '--init', '--name', name, ...options);
  return {
    name,
    [Symbol.asyncDispose]: async () => void (await docker('rm', '--force', '--volumes', name)),
  };
}

describe('keys of [runners.docker] that need something to be there', { skip: needsEngine(), concurrency: 2 }, () => {
  test('volumes_from: read-only when it says so', async () => {
    const fill = ['sh', '-c', 'echo theirs > /shared/f; sleep 300'];
    await using other = await neighbour('--volume', '/shared', 'busybox:latest', ...fill);
    const script = ['while [ ! -s /shared/f ]; do sleep 0.1; done', 'cat /shared/f', 'touch /shared/x 2>&1 || true'];
    const { trace } = await runScript(script, { docker: { volumes_from: [`${other.name}:ro`] } });
    assert.deepEqual(trace.printed(), ['theirs', 'touch: /shared/x: Read-only file system']);
    const writing = await runScript(['touch /shared/x && echo wrote'], { docker: { volumes_from: [other.name] } });
    assert.deepEqual(writing.trace.printed(), ['wrote']);
  });

  for (const [what, changes] of [
    ['alone', {}],
    ['beside a service', { services: [{ name: 'busybox:latest', command: ['sleep', '300'] }] }],
  ] as const)
    test(`links: the other container is reached under its alias, ${what}`, async () => {
      await using other = await neighbour('busybox:latest', 'sleep', '300');
      const { trace, failure } = await runScript(['ping -c 1 -w 5 near > /dev/null && echo reached'], {
        docker: { links: [`${other.name}:near`] },
        payload: changes,
      });
      assert.equal(failure, undefined);
      assert.deepEqual(trace.printed(), ['reached']);
    });

  test('links on a network that has a name server', async () => {
    const network = randomName('network');
    await docker('network', 'create', '--subnet', `10.213.${randomInt(256)}.${8 * randomInt(32)}/29`, network);
    try {
      await using other = await neighbour('--network', network, 'busybox:latest', 'sleep', '300');
      const { trace } = await runScript(['ping -c 1 -w 5 near > /dev/null && echo reached'], {
        docker: { network_mode: network, links: [`${other.name}:near`] },
      });
      assert.deepEqual(trace.printed(), ['reached']);
    } finally {
      await docker('network', 'rm', network);
    }
  });

  test('pid_mode and ipcmode of another container', async () => {
    await using other = await neighbour('--ipc', 'shareable', 'busybox:latest', 'sleep', '4321');
    const { trace } = await runScript(['ps -o args | grep -c "^sleep 4321"'], {
      docker: { pid_mode: `container:${other.name}`, ipcmode: `container:${other.name}` },
    });
    assert.deepEqual(trace.printed(), ['1']);
  });

  test('security_opt: a seccomp profile of this host is in force', async () => {
    await using dir = await tempDir();
    const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' };
    const profile = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] };
    await writeFile(dir.file('p.json'), JSON.stringify(profile, undefined, 2));
    const { trace } = await runScript(['mkdir d 2>/dev/null || echo refused', 'touch f && echo touched'], {
      docker: { security_opt: [`seccomp=${dir.file('p.json')}`] },
    });
    assert.deepEqual(trace.printed(), ['refused', 'touched']);
  });

  test('volumes: label, propagation and read-only as written, of directories of the host', async () => {
    await using dir = await tempDir();
    await writeFile(dir.file('f'), 'of the host');
    const script = ['cat /ro/f; echo', 'touch /ro/x 2>/dev/null || echo read-only', 'touch /rw/x'];
    const { trace, failure } = await runScript(script, {
      docker: { volumes: [`${dir.path}:/ro:ro,z,private`, `${dir.path}:/rw:rw`] },
    });
    assert.equal(failure, undefined);
    assert.deepEqual(trace.printed(), ['of the host', 'read-only']);
    assert.deepEqual((await readdir(dir.path)).toSorted(), ['f', 'x']);
  });

  test('volume_driver and volume_driver_ops: the volume is made by them', async () => {
    await using dir = await tempDir();
    const made = { volumes: ['/cache'], volume_driver_ops: { type: 'none', o: 'bind', device: dir.path } };
    const { trace } = await runScript(['echo mine > /cache/f', 'echo wrote'], {
      docker: { ...made, volume_driver: 'local', disable_cache: true },
    });
    assert.deepEqual(trace.printed(), ['wrote']);
    assert.equal(await readFile(dir.file('f'), 'utf8'), 'mine\n');
  });

  test('what the engine remarks on is told to the author of the job', async () => {
    const { trace, failure } = await runScript(['true'], { docker: { oom_kill_disable: true } });
    assert.equal(failure, undefined);
    assert.equal(trace.warnings.filter((text) => /^The engine remarks on .*OOM ?kill/i.test(text)).length, 1);
    const quiet = await runScript(['true'], { docker: { mac_address: '02:42:ac:aa:bb:c7' } });
    assert.deepEqual(quiet.trace.warnings, []);
  });

  test('volume_keep: what the image declares stays, what the agent made goes', async () => {
    await using image = await changedImage('busybox:latest', 'VOLUME /declared');
    const filter = ['volume', 'ls', '--quiet', '--filter', 'dangling=true'];
    await using job = new EngineJob({
      docker: { volume_keep: true, volumes: ['/own'], disable_cache: true },
      payload: {
        image: { name: image.name },
        steps: [{ name: 'script', script: ['grep " /declared " /proc/self/mountinfo | tr " " "\\n" | grep /_data'] }],
      },
    });
    assert.equal(await job.run(), undefined);
    assert.deepEqual(await job.leftovers(), []);
    const [, name = ''] = /([0-9a-f]{64})\/_data/.exec(job.trace.printed().join('\n')) ?? [];
    assert.ok((await docker(...filter)).split('\n').includes(name), name);
    await docker('volume', 'rm', name);
  });
});

describe('cache_dir of [runners.docker]', { skip: needsEngine(), concurrency: 2 }, () => {
  test('a directory of the host per project and slot, open to every user; jobs of protected refs have another', async () => {
    await using dir = await tempDir();
    await mkdir(dir.file('caches'));
    const token = randomName('token');
    const run = async (script: string, guarded: boolean): Promise<string[]> => {
      const { trace, failure } = await runScript([script], {
        runner: { token },
        docker: { volumes: ['/cache'], cache_dir: dir.file('caches') },
        payload: { image: AS_NOBODY, variables: [variable('CI_COMMIT_REF_PROTECTED', String(guarded))] },
      });
      assert.equal(failure, undefined, trace.printed('step_script', 'stderr').join('\n'));
      return trace.printed();
    };
    assert.deepEqual(await run('echo kept > /cache/f; id -un', false), ['nobody']);
    assert.deepEqual(await run('cat /cache/f', false), ['kept']);
    assert.deepEqual(await run('ls /cache', true), []);
    const [owner = '', ...others] = await readdir(dir.file('caches'));
    assert.deepEqual([/^runner-[0-9a-f]{32}$/.test(owner), others], [true, []]);
    const hash = '3c3f060a0374fc8bc39395164f415a70';
    assert.deepEqual((await readdir(dir.file(`caches/${owner}`))).toSorted(), [hash, `${hash}-protected`]);
    assert.equal(await readFile(dir.file(`caches/${owner}/${hash}/f`), 'utf8'), 'kept\n');
  });

  test('disable_cache: volumes go with the job, and nothing comes into the directory', async () => {
    await using dir = await tempDir();
    const { failure } = await runScript(['touch /cache/f'], {
      docker: { volumes: ['/cache'], cache_dir: dir.path, disable_cache: true },
    });
    assert.equal(failure, undefined);
    assert.deepEqual(await readdir(dir.path), []);
  });
});
