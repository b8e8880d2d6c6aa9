import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expandVariables } from '../../../../../agent/job/variables/expand-variables.ts';

const expand = (text: string): string => expandVariables(text, (name) => (name === 'C' ? 'c' : `<${name}>`));

describe('expandVariables', () => {
  const table: Readonly<Record<string, string>> = {
    '': '',
    plain: 'plain',
    $C: 'c',
    '${C}': 'c',
    'a$C-$C.$C/': 'ac-c.c/',
    $C1x: '<C1x>',
    $C_x: '<C_x>',
    '${C}_x': 'c_x',
    a$$b: 'a$b',
    $$C: '$C',
    $$$C: '$c',
    x$: 'x$',
    'x$ y': 'x$ y',
    '$.': '$.',
    '\\$C': '\\c',
    '%C%': '%C%',
    '[$1][$@][$?][$*][$#][$!][$-][$0]': '[][][][][][][][]',
    $12: '2',
    '${1}': '',
    '${12}': '<12>',
    '${}': '',
    'x${C': 'xC',
    'x${': 'x',
    '${NOPE:-def}': '<NOPE:-def>',
    '${C}${C}': 'cc',
    é$Cü: 'écü',
  };
  for (const [text, expected] of Object.entries(table))
    test(`${JSON.stringify(text)} gives ${JSON.stringify(expected)}`, () => assert.equal(expand(text), expected));

  test('what was put in is not expanded again', () => {
    assert.equal(
      expandVariables('$A', () => '$A$B'),
      '$A$B',
    );
  });

  test('a megabyte of references takes one pass', () => {
    const text = '${C}$$'.repeat(200_000);
    assert.equal(expand(text).length, 400_000);
  });
});
