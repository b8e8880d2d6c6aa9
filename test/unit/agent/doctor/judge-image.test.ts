import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeImage, type ImageFacts } from '../../../../agent/doctor/judge-image.ts';

const facts: ImageFacts = { policies: ['always'], answer: 'granted', present: false, verified: true, current: false };

for (const [title, change, outcome, words] of [
  ['always, granted', {}, 'ok', /by a pull \(pull policy always\)/],
  ['always, granted, current', { present: true, current: true }, 'ok', /which is current/],
  ['always, refused, here', { answer: 'refused', present: true }, 'fail', /does not give it, and none of the policies/],
  ['always, down, here', { answer: 'unknown', present: true }, 'fail', /cannot be asked, and none of the policies/],
  ['if-not-present, granted', { policies: ['if-not-present'] }, 'ok', /by a pull/],
  ['if-not-present, here', { policies: ['if-not-present'], present: true }, 'ok', /the one that is here/],
  [
    'if-not-present, here, refused',
    { policies: ['if-not-present'], present: true, answer: 'refused' },
    'fail',
    /not give/,
  ],
  [
    'if-not-present, here, refused, made here',
    { policies: ['if-not-present'], present: true, answer: 'refused', verified: false },
    'ok',
    /the one that is here/,
  ],
  ['if-not-present, here, down', { policies: ['if-not-present'], present: true, answer: 'unknown' }, 'ok', /is here/],
  ['if-not-present, down', { policies: ['if-not-present'], answer: 'unknown' }, 'fail', /cannot be asked$/],
  ['never, here', { policies: ['never'], present: true, answer: 'refused' }, 'ok', /unasked/],
  ['never', { policies: ['never'] }, 'fail', /forbids to pull/],
  [
    'always then if-not-present, down, here',
    { policies: ['always', 'if-not-present'], answer: 'unknown', present: true },
    'ok',
    /\(pull policy if-not-present\)/,
  ],
  ['no policies', { policies: [] }, 'fail', /a rule of the runner/],
] as const satisfies readonly (readonly [string, Partial<ImageFacts>, string, RegExp])[]) {
  test(`${title}: ${outcome}`, () => {
    const finding = judgeImage({ ...facts, ...change });
    assert.equal(finding.outcome, outcome);
    assert.match(finding.text, words);
  });
}
