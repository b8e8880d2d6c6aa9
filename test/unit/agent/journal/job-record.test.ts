import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { JobRecord } from '../../../../agent/journal/job-record.ts';
import { momentNow } from '../../../../agent/journal/moment.ts';
import type { RecordedJob } from '../../../../agent/journal/recorded-job.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const JOB: RecordedJob = {
  id: 7,
  token: 'job-token',
  receivedAt: momentNow(),
  slot: { concurrentId: 0, projectSlot: 1 },
  failureReasons: ['script_failure'],
  runner: { url: 'http://git.example.com', token: 'glrt-x' },
  payload: { id: 7 },
};
const whole = (trace: Buffer): number => trace.length;
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('JobRecord', () => {
  test('what one process writes down another one finds', async () => {
    await using folder = await tempDir();
    const record = JobRecord.create(folder.path, JOB);
    record.journal.append({ type: 'object', kind: 'container', name: 'runner-x-build' });
    await record.durable;
    await record.journal.appendDurably({ type: 'script', stage: 'step_script', run: 1, at: 0 });
    assert.deepEqual(JobRecord.list(folder.path), [join(folder.path, 'jobs', '7')]);
    const found = JobRecord.open(record.path, whole);
    assert.deepEqual([found.job.id, found.job.token, found.job.runner], [7, 'job-token', JOB.runner]);
    assert.deepEqual(found.state.objects, [{ kind: 'container', name: 'runner-x-build' }]);
    assert.equal(found.state.scripts[0]?.stage, 'step_script');
    assert.equal(found.state.processes, 1);
    record.journal.close();
    found.remove();
    assert.deepEqual([existsSync(record.path), JobRecord.list(folder.path)], [false, []]);
  });

  test('its files are for their own user', async () => {
    await using folder = await tempDir();
    const { path, journal } = JobRecord.create(folder.path, JOB);
    journal.close();
    const modes = [path, join(path, 'job.json'), join(path, 'journal.ndjson')].map((file) => mode(file));
    assert.deepEqual(modes, ['700', '600', '600']);
  });

  test('two coordinators may use one number', async () => {
    await using folder = await tempDir();
    const [one, other] = [
      JobRecord.create(folder.path, JOB),
      JobRecord.create(folder.path, { ...JOB, token: 'other' }),
    ];
    assert.notEqual(one.path, other.path);
    assert.equal(JobRecord.open(other.path, whole).job.token, 'other');
    assert.equal(JobRecord.list(folder.path).length, 2);
  });

  test('a torn last line is left out, and the next entry begins a line of its own', async () => {
    await using folder = await tempDir();
    const { path, journal } = JobRecord.create(folder.path, JOB);
    journal.append({ type: 'admitted' });
    journal.close();
    appendFileSync(join(path, 'journal.ndjson'), '{"type":"stop","rea');
    const second = JobRecord.open(path, whole);
    assert.deepEqual([second.state.admitted, second.state.stop], [true, undefined]);
    second.journal.append({ type: 'stop', reason: 'cancel' });
    second.journal.close();
    assert.equal(JobRecord.open(path, whole).state.stop, 'cancel');
  });

  test('entries of a newer kind are left out, the others count', async () => {
    await using folder = await tempDir();
    const { path, journal } = JobRecord.create(folder.path, JOB);
    appendFileSync(join(path, 'journal.ndjson'), '{"type":"teleported","time":{"wall":1,"up":1,"boot":""}}\n');
    journal.append({ type: 'sent', offset: 12 });
    journal.close();
    assert.equal(JobRecord.open(path, whole).state.sent, 12);
  });

  test('the files of a newer agent are not touched', async () => {
    await using folder = await tempDir();
    const { path, journal } = JobRecord.create(folder.path, JOB);
    journal.close();
    const file = join(path, 'job.json');
    const newer = JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), version: 99 });
    writeFileSync(file, newer);
    assert.throws(() => JobRecord.open(path, whole), /job\.json is of a newer agent \(version 99, this one knows 1\)/);
    assert.equal(readFileSync(file, 'utf8'), newer);
  });

  for (const [what, text] of [
    ['damaged', '{"id":7'],
    ['empty', ''],
    ['of somebody else', '{"version":1}'],
  ] as const)
    test(`a file that is ${what} is refused by name`, async () => {
      await using folder = await tempDir();
      const { path, journal } = JobRecord.create(folder.path, JOB);
      journal.close();
      writeFileSync(join(path, 'job.json'), text);
      assert.throws(() => JobRecord.open(path, whole), { name: 'UnreadableRecordError', message: /job\.json/ });
    });

  test('a trace is cut to what is whole of it, and sections that were only announced do not count', async () => {
    await using folder = await tempDir();
    const { path, journal, trace } = JobRecord.create(folder.path, JOB);
    writeFileSync(trace, 'line\nto');
    journal.append({ type: 'section', edge: 'start', name: 'written', at: 0 });
    journal.append({ type: 'section', edge: 'end', name: 'written', at: 5 });
    journal.close();
    const { state } = JobRecord.open(path, (bytes) => bytes.lastIndexOf('\n') + 1);
    assert.equal(readFileSync(trace, 'utf8'), 'line\n');
    assert.equal(state.section, 'written');
  });
});
