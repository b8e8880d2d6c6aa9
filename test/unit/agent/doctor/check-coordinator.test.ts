import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CoordinatorError } from '../../../../agent/coordinator/coordinator-error.ts';
import { checkCoordinator, describeSkew } from '../../../../agent/doctor/check-coordinator.ts';

const url = 'https://gitlab.example.com';
const failure = (status: number, detail: string): CoordinatorError =>
  new CoordinatorError({ call: 'verifyRunner', url, status, detail });

describe('the coordinator', () => {
  test('that knows the token is good, and its clock is compared', async () => {
    const questions = { url, verify: () => Promise.resolve(), date: () => Promise.resolve(new Date().toUTCString()) };
    const findings = await checkCoordinator(questions);
    assert.deepEqual(
      findings.map(({ subject, outcome }) => [subject, outcome]),
      [
        ['coordinator', 'ok'],
        ['clock', 'ok'],
      ],
    );
  });

  test('that refuses the token, and one that does not answer, are told apart; without a date there is no clock', async () => {
    const refused = { url, verify: () => Promise.reject(failure(403, '')), date: () => Promise.resolve(undefined) };
    assert.deepEqual(await checkCoordinator(refused), [
      { subject: 'coordinator', outcome: 'fail', text: `${url} refuses the runner's token (403)` },
    ]);
    const away = {
      url,
      verify: () => Promise.reject(failure(-1, 'connect ECONNREFUSED')),
      date: () => Promise.reject(new Error('connect ECONNREFUSED')),
    };
    const [finding, ...more] = await checkCoordinator(away);
    assert.deepEqual(more, []);
    assert.equal(finding?.outcome, 'fail');
    assert.match(finding.text, /no answer, connect ECONNREFUSED/);
  });
});

test('the clock: what lies within the time of the answer is no difference', () => {
  const asked = 1_000_000;
  for (const [theirs, answered, outcome, words] of [
    [asked, asked + 100, 'ok', /agree/],
    [asked - 900, asked + 100, 'ok', /agree/],
    [asked + 4000, asked + 4100, 'ok', /agree/],
    [asked - 31_000, asked + 100, 'warn', /30 s behind this machine's/],
    [asked + 60_100, asked + 100, 'warn', /60 s ahead of this machine's/],
    [asked + 400_000, asked + 100, 'fail', /400 s ahead/],
  ] as const) {
    const finding = describeSkew(theirs, asked, answered);
    assert.equal(finding.outcome, outcome);
    assert.match(finding.text, words);
  }
});
