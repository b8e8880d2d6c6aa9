import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { JobTrace, type JobTraceOptions } from '../../../../agent/trace/job-trace.ts';
import { gitlabTokenPrefixes } from '../../../../agent/trace/mask-tokens.ts';
import { TraceSpool } from '../../../../agent/trace/trace-spool.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'job-trace-'));
after(() => rmSync(folder, { recursive: true }));
let count = 0;

const start = Date.parse('2026-11-21T04:01:21.733Z');
const at = '2026-11-21T04:01:21.733000Z';

interface Fixture {
  readonly trace: JobTrace;
  readonly spool: TraceSpool;
  readonly clock: ManualClock;
  readonly text: () => string;
}

function fixture(options: Partial<JobTraceOptions> & { limit?: number } = {}): Fixture {
  const spool = new TraceSpool({ path: join(folder, String(count++)), limit: options.limit ?? 1 << 20 });
  const clock = new ManualClock();
  const trace = new JobTrace({
    spool,
    clock,
    secrets: ['s3cret-value'],
    tokenPrefixes: gitlabTokenPrefixes,
    timestamps: false,
    sections: true,
    now: () => start + clock.now(),
    ...options,
  });
  return { trace, spool, clock, text: () => spool.read(0, spool.size).toString() };
}

describe('JobTrace: hide', () => {
  test('what the trace hides is hidden for other places too, and the trace stays as it is', () => {
    const { trace, text } = fixture();
    trace.addSecrets(['found later']);
    assert.equal(trace.hide('s3cret-value, found later: ended'), '[MASKED], [MASKED]: ended');
    assert.equal(text(), '');
  });
});

describe('JobTrace: lines of the agent', () => {
  test('each kind has its colour', () => {
    const { trace, text } = fixture();
    trace.line('plain');
    trace.info('info');
    trace.notice('notice');
    trace.warning('careful');
    trace.error('broken');
    trace.title('Getting source from Git repository');
    assert.deepEqual(text().split('\n'), [
      '\u001b[0Kplain\u001b[0;m',
      '\u001b[32;1minfo\u001b[0;m',
      '\u001b[32;1mnotice\u001b[0;m',
      '\u001b[0;33mWARNING: careful\u001b[0;m',
      '\u001b[31;1mERROR: broken\u001b[0;m',
      '\u001b[0K\u001b[36;1mGetting source from Git repository\u001b[0;m\u001b[0;m',
      '',
    ]);
  });

  test('with time stamps: stream 00, the job stream for notices', () => {
    const { trace, text } = fixture({ timestamps: true });
    trace.line('plain');
    trace.notice('notice');
    trace.error('two\nlines');
    assert.deepEqual(text().split('\n'), [
      `${at} 00O \u001b[0Kplain\u001b[0;m`,
      `${at} 01O \u001b[32;1mnotice\u001b[0;m`,
      `${at} 00O \u001b[31;1mERROR: two`,
      `${at} 00O lines\u001b[0;m`,
      '',
    ]);
  });

  test('secrets and tokens do not get into them', () => {
    const { trace, text } = fixture();
    trace.line('pulling with s3cret-value and glpat-abc');
    assert.equal(text(), '\u001b[0Kpulling with [MASKED] and glpat-[MASKED]\u001b[0;m\n');
  });
});

describe('JobTrace: sections', () => {
  test('with time stamps the mark is a piece of its own and the title continues it', () => {
    const { trace, text } = fixture({ timestamps: true });
    trace.startSection('prepare_executor', 'Preparing');
    trace.endSection('prepare_executor');
    trace.startSection('get_sources', 'Getting', 'collapsed=true');
    assert.deepEqual(text().split('\n'), [
      `${at} 00O section_start:${Math.floor(start / 1000)}:prepare_executor\r\u001b[0K`,
      `${at} 00O+\u001b[0K\u001b[36;1mPreparing\u001b[0;m\u001b[0;m`,
      `${at} 00O section_end:${Math.floor(start / 1000)}:prepare_executor\r\u001b[0K`,
      `${at} 00O+section_start:${Math.floor(start / 1000)}:get_sources[collapsed=true]\r\u001b[0K`,
      `${at} 00O+\u001b[0K\u001b[36;1mGetting\u001b[0;m\u001b[0;m`,
      '',
    ]);
  });

  test('without time stamps nothing stands between mark and title', () => {
    const { trace, text } = fixture();
    trace.startSection('x', 'T');
    trace.endSection('x');
    const seconds = Math.floor(start / 1000);
    const clear = '\u001b[0K';
    assert.equal(
      text(),
      `section_start:${seconds}:x\r${clear}${clear}\u001b[36;1mT\u001b[0;m\u001b[0;m\nsection_end:${seconds}:x\r${clear}`,
    );
  });

  test('a coordinator that does not know them gets the title alone', () => {
    const { trace, text } = fixture({ sections: false });
    trace.startSection('x', 'T');
    trace.endSection('x');
    assert.equal(text(), '\u001b[0K\u001b[36;1mT\u001b[0;m\u001b[0;m\n');
  });

  test('a short secret does not spoil the marks', () => {
    const { trace, text } = fixture({ secrets: ['e'] });
    trace.startSection('step_script');
    assert.match(text(), /^section_start:\d{10}:step_script\r/);
  });
});

describe('JobTrace: output of the job', () => {
  test('is masked and repaired over writes, each stream for itself', () => {
    const { trace, text } = fixture();
    const out = trace.stream(1, 'O');
    const err = trace.stream(1, 'E');
    out.write(Buffer.from('one s3cret-'));
    err.write(Buffer.from('err \xe2\x82', 'latin1'));
    assert.equal(text(), 'one err ');
    out.write(Buffer.from('value two\xff\n', 'latin1'));
    err.write(Buffer.from('\xac\n', 'latin1'));
    assert.equal(text(), 'one err [MASKED] two\ufffd\n€\n');
  });

  test('the end of a stream writes what was held back', () => {
    const { trace, text } = fixture({ timestamps: true });
    const out = trace.stream(1, 'O');
    out.write(Buffer.from('abc s3cret-v\xe2', 'latin1'));
    assert.equal(text(), '');
    out.end();
    out.end();
    out.write(Buffer.from('late'));
    assert.equal(text(), `${at} 01O abc s3cret-v\ufffd\n`);
    trace.stream(1, 'O').write(Buffer.from('next\n'));
    assert.equal(text().split('\n')[1], `${at} 01O next`);
  });

  test('without time stamps an unfinished line is closed before the agent speaks', () => {
    const { trace, text } = fixture();
    const out = trace.stream(1, 'O');
    out.write(Buffer.from('no newline'));
    out.end();
    trace.close({ level: 'info', text: 'Job succeeded' });
    assert.equal(text(), 'no newline\n\u001b[32;1mJob succeeded\u001b[0;m\n');
  });

  test('an unfinished line is shown after a while and continued later', async () => {
    let calls = 0;
    const { trace, clock, text } = fixture({ timestamps: true, onBytes: () => void calls++ });
    const out = trace.stream(1, 'O');
    out.write(Buffer.from('Progress: '));
    await clock.advance(100);
    assert.deepEqual([text(), calls], ['', 0]);
    await clock.advance(400);
    assert.deepEqual([text(), calls], [`${at} 01O Progress: \n`, 1]);
    out.write(Buffer.from('done\n'));
    assert.equal(text(), `${at} 01O Progress: \n2026-11-21T04:01:22.233000Z 01O+done\n`);
    assert.equal(clock.sleeping, 0);
    trace.close();
  });

  test('secrets that are added while a stream is open', () => {
    const { trace, text } = fixture();
    const out = trace.stream(1, 'O');
    out.write(Buffer.from('dynamic '));
    trace.addSecrets(['dynamic']);
    out.write(Buffer.from('dynamic\n'));
    assert.equal(text(), 'dynamic [MASKED]\n');
  });
});

describe('JobTrace: limit, end and trouble', () => {
  for (const timestamps of [true, false])
    test(`at the limit one notice, then only the closing line (time stamps: ${timestamps})`, () => {
      const { trace, text } = fixture({ limit: 100, timestamps });
      const out = trace.stream(1, 'O');
      for (let i = 0; i < 100; i++) out.write(Buffer.from(`line ${i} é\n`));
      trace.line('never seen');
      trace.startSection('never_seen');
      trace.close({ level: 'error', text: 'Job failed: exit code 4' });
      const lines = text().split('\n');
      assert.equal(text().match(/output_limit/g)?.length, 1);
      assert.match(lines.at(-3) ?? '', /limit of 0\.1 KiB/);
      assert.ok(lines.at(-2)?.endsWith('ERROR: Job failed: exit code 4\u001b[0;m'));
      assert.doesNotMatch(text(), /never.seen|line 99/);
      assert.ok(Buffer.byteLength(text().split('\u001b')[0] ?? '') <= 100 + 34);
    });

  test('nothing is written after close', () => {
    const { trace, text } = fixture();
    const out = trace.stream(1, 'O');
    out.write(Buffer.from('x\n'));
    trace.close({ level: 'info', text: 'Job succeeded' });
    const before = text();
    out.write(Buffer.from('y\n'));
    out.end();
    trace.line('z');
    trace.close({ level: 'error', text: 'again' });
    assert.equal(text(), before);
  });

  test('tells its owner of each growth, and once of a spool that fails', () => {
    const failures: Error[] = [];
    let calls = 0;
    const { trace, spool } = fixture({ onBytes: () => void calls++, onFailure: (error) => void failures.push(error) });
    trace.line('one');
    assert.equal(calls, 1);
    spool.close();
    trace.line('two');
    trace.stream(1, 'O').write(Buffer.from('three\n'));
    trace.close({ level: 'info', text: 'Job succeeded' });
    assert.equal(failures.length, 1);
    assert.equal(failures[0]?.name, 'TraceSpoolError');
  });
});
