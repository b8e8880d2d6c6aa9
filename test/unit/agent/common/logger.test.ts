import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLogger, loggerLevel, type Logger } from '../../../../agent/common/logger.ts';

function recorder(format: string, level = 'info', colors = false): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  return { lines, logger: createLogger({ level, format, colors, write: (line) => lines.push(line) }) };
}

describe('formats', () => {
  test('runner: message, gap, fields; a label from warnings on', () => {
    const { logger, lines } = recorder('runner');
    logger.info({ job: 5, runner: 'a b' }, 'Checking for jobs... received');
    logger.warn('careful');
    logger.error({ err: new Error('no way', { cause: new Error('ECONNREFUSED') }) }, 'Failed');
    assert.deepEqual(lines, [
      `${'Checking for jobs... received'.padEnd(50)} job=5 runner="a b"\n`,
      'WARNING: careful\n',
      `${'ERROR: Failed'.padEnd(50)} error="no way: ECONNREFUSED"\n`,
    ]);
  });
  test('text: time, level, message, fields', () => {
    const { logger, lines } = recorder('text');
    logger.info({ job: 5 }, 'Job received');
    assert.match(lines[0] ?? '', /^time=\d{4}-\d\d-\d\dT[\d:.]+Z level=info msg="Job received" job=5\n$/);
  });
  test('json: one object a line', () => {
    const { logger, lines } = recorder('json');
    logger.warn({ job: 5, err: new Error('no way') }, 'Job\nreceived');
    const { time, ...rest } = JSON.parse(lines[0] ?? '');
    assert.ok(Date.parse(time) > 0);
    assert.deepEqual(rest, { level: 'warn', msg: 'Job\nreceived', job: 5, error: 'no way' });
  });
  test('an unknown format is the runner format; colours only where asked for', () => {
    const { logger, lines } = recorder('odd', 'info', true);
    logger.warn('careful');
    assert.deepEqual(lines, ['\u001b[33mWARNING: careful\u001b[0m\n']);
  });
  test('control characters in a field cannot make a second line', () => {
    const { logger, lines } = recorder('runner');
    logger.info({ reason: 'a\nERROR: forged' }, 'x');
    assert.equal(lines[0]?.split('\n').length, 2);
  });
});

test('the level bounds what is written and can change', () => {
  const { logger, lines } = recorder('runner', 'warning');
  logger.info('quiet');
  logger.level = loggerLevel('debug');
  logger.debug('loud');
  assert.deepEqual(lines, ['loud\n']);
  assert.equal(loggerLevel('nonsense'), 'info');
});

describe('secrets are taken out', () => {
  const token = 'glrt-t1_abcdefghijklmnop';
  for (const format of ['runner', 'text', 'json'])
    test(`in the ${format} format`, () => {
      const { logger, lines } = recorder(format);
      logger.info({ token, nested: { password: 'hunter2', list: [`x ${token}`] } }, `asked with ${token}`);
      logger.info({ repo: 'https://gitlab-ci-token:hunter2@host/a.git' }, 'cloned');
      logger.error({ err: new Error(`refused ${token}`), 'Private-Key': 'hunter2' }, 'failed');
      const text = lines.join('');
      assert.equal(lines.length, 3);
      assert.doesNotMatch(text, /abcdefghijklmnop|hunter2/);
      assert.match(text, /gitlab-ci-token:\[hidden\]@host/);
    });
});
