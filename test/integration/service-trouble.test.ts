import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needsEngine } from '../support/engine.ts';
import { runScript } from '../support/engine-job.ts';
import { changedImage } from '../support/test-image.ts';

const KIB = 1024;
const PLACES = [
  ['a network of the job', {}],
  ['the bridge', { network_mode: 'bridge' }],
] as const;

describe('a service that does not get ready', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const [where, config] of PLACES) {
    test(`on ${where}: it listens elsewhere than its image says; a warning with its words, and the script runs`, async () => {
      await using image = await changedImage('busybox:latest', 'EXPOSE 9999');
      const command = ['sh', '-c', 'echo listening elsewhere; exec httpd -f -p 8080 -h /tmp'];
      const { failure, trace } = await runScript(['echo script'], {
        docker: { ...config, wait_for_services_timeout: 1 },
        payload: { services: [{ name: image.name, alias: 'elsewhere', command }] },
      });
      assert.deepEqual([failure, trace.printed()], [undefined, ['script']]);
      assert.equal(trace.problems.length, 1);
      assert.match(trace.problems[0]?.cause ?? '', /port 9999/);
      assert.match(String(trace.problems[0]?.log), /listening elsewhere/);
    });

    test(`on ${where}: wait_for_services_timeout = -1 does not wait and does not warn`, async () => {
      await using image = await changedImage('busybox:latest', 'EXPOSE 9999', 'CMD ["sleep", "300"]');
      const { failure, trace } = await runScript(['echo script'], {
        docker: { ...config, wait_for_services_timeout: -1 },
        payload: { services: [{ name: image.name, alias: 'deaf' }] },
      });
      assert.deepEqual([failure, trace.printed(), trace.problems], [undefined, ['script'], []]);
    });
  }

  test('of a long log the first 64 KiB are shown', async () => {
    const line = 'x'.repeat(99);
    const command = ['sh', '-c', `echo the first; for i in $(seq 2000); do echo ${line}; done; echo the last; exit 1`];
    const { trace } = await runScript(['echo script'], {
      payload: { services: [{ name: 'busybox:latest', command }] },
    });
    const log = String(trace.problems[0]?.log);
    assert.ok(log.startsWith('the first\n'), log.slice(0, 200));
    assert.ok(log.length > 60 * KIB && log.length <= 64 * KIB, `${log.length} bytes`);
    assert.ok(!log.includes('the last'));
  });
});
