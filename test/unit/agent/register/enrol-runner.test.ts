import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CoordinatorError } from '../../../../agent/coordinator/coordinator-error.ts';
import { runnerInfo } from '../../../../agent/coordinator/runner-info.ts';
import { enrolRunner, type Enrolment } from '../../../../agent/register/enrol-runner.ts';
import { RunnerCallError } from '../../../../agent/register/runner-call-error.ts';
import { fakeCoordinator } from '../../../support/fake-coordinator.ts';

const agent = { systemId: 's_0123456789ab', info: runnerInfo(), description: 'd' };
const identity = { id: 7, token: 'glrt-one', token_expires_at: undefined };
const legacy = { id: 8, token: 'legacy-one', token_expires_at: undefined };
const byToken = { kind: 'authentication-token', token: 'glrt-one' } as const;
const byRegistration = { kind: 'registration-token', token: 'GR1', attributes: { tagList: 'a' } } as const;

function enrolment(parts: Pick<Enrolment, 'coordinator'> & Partial<Enrolment>): Enrolment {
  return { agent, registration: byToken, keep: async () => {}, leaveRunner: false, ...parts };
}

const fail = (status: number) => async (): Promise<never> => {
  throw new CoordinatorError({ call: 'x', url: 'http://c', status, detail: 'words' });
};

describe('enrolRunner', () => {
  test('an authentication token: one verify, then the entry', async () => {
    const kept: unknown[] = [];
    const coordinator = fakeCoordinator({
      verify: async (runner, info) => {
        assert.deepEqual([runner, info], [{ token: 'glrt-one', systemId: agent.systemId }, agent.info]);
        return identity;
      },
    });
    await enrolRunner(
      enrolment({ coordinator, keep: async (one) => void kept.push(one) }),
      new AbortController().signal,
    );
    assert.deepEqual([coordinator.calls, kept], [['verify'], [identity]]);
  });

  test('defaults of a registration', async () => {
    const coordinator = fakeCoordinator({
      register: async (sent) => {
        const { info: _, ...request } = sent;
        const expected = {
          token: 'GR1',
          description: 'd',
          tag_list: 'a',
          run_untagged: false,
          locked: true,
          paused: false,
        };
        assert.deepEqual(request, expected);
        return legacy;
      },
    });
    await enrolRunner(enrolment({ coordinator, registration: byRegistration }), new AbortController().signal);
  });

  test('an interrupt while the exchange is under way takes the new runner back', async () => {
    const interrupt = new AbortController();
    const coordinator = fakeCoordinator({
      register: async () => {
        interrupt.abort(new Error('interrupted'));
        return legacy;
      },
      unregisterRunner: async (token) => assert.equal(token, 'legacy-one'),
    });
    const keep = async (): Promise<void> => assert.fail('nothing may be written');
    const enrolled = enrolRunner(enrolment({ coordinator, registration: byRegistration, keep }), interrupt.signal);
    await assert.rejects(enrolled, /interrupted/);
    assert.deepEqual(coordinator.calls, ['register', 'unregisterRunner']);
  });

  const keepFails = async (): Promise<void> => {
    throw new Error('disk full');
  };

  test('an entry that cannot be written: the manager signs off', async () => {
    const coordinator = fakeCoordinator({ verify: async () => identity, unregisterManager: async () => {} });
    await assert.rejects(
      enrolRunner(enrolment({ coordinator, keep: keepFails }), new AbortController().signal),
      /disk full/,
    );
    assert.deepEqual(coordinator.calls, ['verify', 'unregisterManager']);
  });

  test('--leave-runner: it does not', async () => {
    const coordinator = fakeCoordinator({ verify: async () => identity });
    const enrolled = enrolRunner(
      enrolment({ coordinator, keep: keepFails, leaveRunner: true }),
      new AbortController().signal,
    );
    await assert.rejects(enrolled, /disk full/);
    assert.deepEqual(coordinator.calls, ['verify']);
  });

  test('both errors are told when signing off fails too', async () => {
    const coordinator = fakeCoordinator({ verify: async () => identity, unregisterManager: fail(500) });
    const enrolled = enrolRunner(enrolment({ coordinator, keep: keepFails }), new AbortController().signal);
    await assert.rejects(enrolled, (error) => error instanceof AggregateError && error.errors.length === 2);
  });
});

describe('sentences', () => {
  for (const [status, registration, pattern] of [
    [
      403,
      byToken,
      /does not know this runner token \(403\) \(words\).*registration token belongs into --registration-token/,
    ],
    [403, byRegistration, /refuses the registration token \(403\)/],
    [410, byRegistration, /switched off \(410\).*create the runner there.*--token/],
    [404, byToken, /no runner API/],
    [500, byToken, /answered 500 to verify \(words\)/],
    [-1, byToken, /http:\/\/c does not answer \(words\)/],
    [-100, byToken, /^words$/],
  ] as const) {
    test(`${status} with ${registration.kind}`, async () => {
      const coordinator = fakeCoordinator({ verify: fail(status), register: fail(status) });
      await assert.rejects(
        enrolRunner(enrolment({ coordinator, registration }), new AbortController().signal),
        (error) => {
          assert.ok(error instanceof RunnerCallError);
          assert.match(error.message, pattern);
          assert.equal(error.status, status);
          return true;
        },
      );
    });
  }
});
