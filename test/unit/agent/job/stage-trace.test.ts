import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { StageTraceWriter } from '../../../../agent/job/stage-trace.ts';
import { JobJournal } from '../../../../agent/journal/job-journal.ts';
import { JobTrace } from '../../../../agent/trace/job-trace.ts';
import { TraceSpool } from '../../../../agent/trace/trace-spool.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** What the trace has after `write`, times left out. */
async function written(sections: boolean, write: (writer: StageTraceWriter, trace: JobTrace) => void): Promise<string> {
  await using folder = await tempDir();
  const spool = new TraceSpool({ path: folder.file('trace'), limit: 1 << 20 });
  const trace = new JobTrace({ spool, secrets: [], tokenPrefixes: [], timestamps: false, sections });
  const journal = new JobJournal(folder.file('journal'));
  write(new StageTraceWriter(trace, journal, undefined), trace);
  journal.close();
  return spool.read(0, spool.size).toString().replaceAll(/:\d+:/g, ':');
}

describe('StageTraceWriter: where the time went', () => {
  const lines = ['script       1.0 s', 'total        2.0 s'];
  const plain = (text: string): string => stripVTControlCharacters(text).replaceAll('\r', '');

  test('is a folded section before the closing line', async () => {
    const text = await written(true, (writer, trace) => {
      writer.openSection('step_script', 'Executing');
      writer.closeSection();
      writer.timing(lines);
      trace.close({ level: 'info', text: 'Job succeeded' });
    });
    assert.equal(
      plain(text),
      `section_start:step_scriptExecuting\nsection_end:step_script` +
        `section_start:phase_timing[collapsed=true,hide_duration=true]Where the time went\n` +
        `${lines.join('\n')}\nsection_end:phase_timingJob succeeded\n`,
    );
  });

  test('closes the section that is still open', async () => {
    const text = await written(true, (writer) => {
      writer.openSection('step_script', 'Executing');
      writer.timing(lines);
    });
    assert.match(plain(text), /Executing\nsection_end:step_scriptsection_start:phase_timing/);
  });

  test('has plain lines for a coordinator that folds nothing', async () => {
    const text = await written(false, (writer) => writer.timing(lines));
    assert.equal(plain(text), `Where the time went\n${lines.join('\n')}\n`);
  });
});
