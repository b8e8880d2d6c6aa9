import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { StageTraceWriter } from '../../../../agent/job/stage-trace.ts';
import { JobJournal } from '../../../../agent/journal/job-journal.ts';
import { JobTrace } from '../../../../agent/trace/job-trace.ts';
import { TraceSpool } from '../../../../agent/trace/trace-spool.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const SECRET = 's3cret-value';

/** The lines of the trace after `write`: stream and text, times left out. */
async function lines(write: (writer: StageTraceWriter) => void): Promise<string[]> {
  await using folder = await tempDir();
  const spool = new TraceSpool({ path: folder.file('trace'), limit: 1 << 20 });
  const trace = new JobTrace({ spool, secrets: [SECRET], tokenPrefixes: [], timestamps: true, sections: false });
  const journal = new JobJournal(folder.file('journal'));
  write(new StageTraceWriter(trace, journal, undefined));
  trace.close();
  journal.close();
  const text = stripVTControlCharacters(spool.read(0, spool.size).toString());
  return text.split('\n').map((line) => line.slice('2026-11-21T04:01:21.733000Z '.length));
}

describe('what services print, in the trace', () => {
  test('live output: stream 15, whole lines, a secret in two pieces is hidden', async () => {
    const printed = await lines((writer) => {
      const output = writer.serviceOutput('db-cache');
      output.write('stdout', Buffer.from(`up\ntoken ${SECRET.slice(0, 5)}`));
      output.write('stderr', Buffer.from('oops\n'));
      output.write('stdout', Buffer.from(`${SECRET.slice(5)} ok\n`));
      output.end();
    });
    assert.deepEqual(printed, [
      '0fO [service:db-cache] up',
      '0fE [service:db-cache] oops',
      '0fO [service:db-cache] token [MASKED] ok',
      '',
    ]);
  });

  for (const [when, head] of [
    ['start', "*** WARNING: Service db-0 probably didn't start properly."],
    ['run', '*** WARNING: Service db-0 ended while the job ran.'],
  ] as const)
    test(`the report of one that is not well (${when}) hides secrets in its log`, async () => {
      const printed = await lines((writer) =>
        writer.serviceProblem({ name: 'db-0', cause: 'the cause', log: Buffer.from(`with ${SECRET}\n`), when }),
      );
      assert.ok(printed.includes(`00E ${head}`), printed.join('\n'));
      assert.ok(printed.includes('00E the cause'));
      assert.ok(printed.includes('00E with [MASKED]'));
      assert.equal(printed.includes('00E Health check error:'), when === 'start');
    });
});
