import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evaluateCondition } from '../../../../../coordinator-mock/pipeline/conditions/evaluate-condition.ts';
import { parseCondition } from '../../../../../coordinator-mock/pipeline/conditions/parse-condition.ts';

const variables = new Map([
  ['BRANCH', 'feature/one'],
  ['TAG', 'v1.20'],
  ['EMPTY', ''],
  ['SAME', 'v1.20'],
  ['PATTERN', '/^v[0-9]/'],
  ['BROKEN', '/(/'],
  ['TEXT', 'plain'],
]);

const cases: Readonly<Record<string, boolean>> = {
  $BRANCH: true,
  $EMPTY: false,
  $UNKNOWN: false,
  '!$UNKNOWN': true,
  '$TAG == "v1.20"': true,
  "$TAG == 'v1.20'": true,
  '"v1.20" == $TAG': true,
  '$TAG == $SAME': true,
  '$TAG == "v1"': false,
  '$TAG != "v1"': true,
  '$UNKNOWN == null': true,
  '$EMPTY == null': false,
  '$EMPTY == ""': true,
  '$UNKNOWN == ""': false,
  '$TAG != null': true,
  '$TAG =~ /^v\\d+\\.\\d+$/': true,
  '$TAG =~ /^V/': false,
  '$TAG =~ /^V/i': true,
  '$TAG =~ /(?i)^V/': true,
  '$TAG !~ /^V/': true,
  '$BRANCH =~ /^feature\\/.+/': true,
  '$BRANCH =~ /\\Afeature\\/one\\z/': true,
  '$UNKNOWN =~ /./': false,
  '$UNKNOWN !~ /./': true,
  '$TAG =~ $PATTERN': true,
  '$TAG =~ $UNKNOWN': false,
  '$TAG !~ $UNKNOWN': true,
  '$TAG && $BRANCH': true,
  '$TAG && $EMPTY': false,
  '$EMPTY || $TAG': true,
  '$EMPTY || $UNKNOWN': false,
  '$TAG == "v1.20" && $BRANCH =~ /^feature/ || $UNKNOWN': true,
  '$TAG || $TAG && $EMPTY': true,
  '($TAG || $TAG) && $EMPTY': false,
  '$TAG && ($EMPTY || ($BRANCH && $SAME))': true,
  '!($TAG && $EMPTY)': true,
  '"text"': true,
  '""': false,
  null: false,
};

describe('a condition of rules: if', () => {
  for (const [text, expected] of Object.entries(cases)) {
    test(`${text} is ${expected}`, () => assert.equal(evaluateCondition(parseCondition(text), variables), expected));
  }
});

const broken: Readonly<Record<string, RegExp>> = {
  '': /^it is empty$/,
  '$A = "x"': /a comparison is written ==/,
  '${A} == "x"': /write a variable as \$NAME, without braces/,
  '$A == x': /`x`: a text needs quotes, a variable needs a \$/,
  '$A == "x': /`"x` is not closed/,
  '$A =~ /x': /`\/x` is not closed/,
  '$A &&': /^it ends too early$/,
  '&& $A': /^"&&" is in the wrong place$/,
  '($A': /^a parenthesis is not closed$/,
  '$A)': /^"\)" is in the wrong place$/,
  '$A $B': /^\$B is in the wrong place$/,
  '$A =~ ($B)  && )': /^"\)" is in the wrong place$/,
  '$A =~ /(/': /^\/\(\/ is not a valid pattern$/,
  '$A =~ /a/U': /`the flag U` in \/a\/U is not supported/,
  '$A =~ /(?=a)/': /`\(\?=` in .* is not supported/,
  '$A % $B': /`% \$B` is not understood/,
};

describe('a broken condition is refused', () => {
  for (const [text, message] of Object.entries(broken)) {
    test(text, () => assert.throws(() => parseCondition(text), { name: 'ConditionError', message }));
  }

  test('more than 100 words', () => {
    assert.throws(() => parseCondition(Array(60).fill('$A').join(' && ')), { message: 'it has more than 100 words' });
  });

  test('a variable that holds a broken pattern, or none', () => {
    for (const text of ['$TAG =~ $BROKEN', '$TAG =~ $TEXT']) {
      assert.throws(() => evaluateCondition(parseCondition(text), variables), { name: 'ConditionError' });
    }
  });
});
