import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'toml';
import { parseTOML, getStaticTOMLValue } from 'toml-eslint-parser';
import { formatListEntry, formatValue } from '../../../../../agent/config/edit/format-toml.ts';

describe('formatValue reads back as it was', () => {
  for (const value of [
    'plain',
    'quotes " and \\ and \t and \n',
    'DEL \u007F and NUL \u0000 and é and 🐳',
    '[[runners]]',
    7,
    -1,
    true,
    ['a', 'b "c"'],
    [],
    { a: '1', 'b c': '2' },
    {},
    new Date('2026-11-21T04:01:21Z'),
    new Date('0001-01-01T00:00:00Z'),
  ]) {
    test(JSON.stringify(value), () => {
      const line = `key = ${formatValue(value)}\n`;
      assert.deepEqual(structuredClone(parse(line).key), value);
      assert.deepEqual(structuredClone(getStaticTOMLValue(parseTOML(line))), { key: value });
    });
  }

  test('half a surrogate pair, which TOML has no form for, becomes U+FFFD', () => {
    assert.equal(parse(`key = ${formatValue('a\uD83D')}`).key, 'a\uFFFD');
  });

  test('there is no form for undefined', () => assert.throws(() => formatValue(undefined), TypeError));
});

test('formatListEntry writes keys before tables, whatever their order', () => {
  const entry = { docker: { services: [{ name: 'redis' }], image: 'x' }, name: 'n', missing: undefined, 'odd key': 1 };
  assert.equal(
    formatListEntry(['runners'], entry),
    `[[runners]]
  name = "n"
  "odd key" = 1
  [runners.docker]
    image = "x"
    [[runners.docker.services]]
      name = "redis"
`,
  );
});
