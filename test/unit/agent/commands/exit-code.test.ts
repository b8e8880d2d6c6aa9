import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CommanderError } from 'commander';
import { exitCodeOf, messageOf } from '../../../../agent/commands/exit-code.ts';
import { CommandFailedError } from '../../../../agent/common/errors/command-failed-error.ts';
import { UsageError } from '../../../../agent/common/errors/usage-error.ts';
import { ConfigError } from '../../../../agent/config/config-error.ts';
import { ConfigLockedError } from '../../../../agent/config/config-lock.ts';
import { ConfigEditError } from '../../../../agent/config/edit/edit-config.ts';

describe('exit codes', () => {
  for (const [error, code, message] of [
    [new CommanderError(0, 'commander.version', '1.0.0'), 0, undefined],
    [new CommanderError(1, 'commander.unknownOption', 'x'), 2, undefined],
    [new UsageError('say which'), 2, 'say which'],
    [new ConfigError('F', [{ message: 'wrong', key: 'a', line: 3, column: 1 }]), 2, 'F:3:1: wrong'],
    [new ConfigEditError('no'), 2, 'no'],
    [new ConfigLockedError('F', 7), 2, 'F is in use by process 7: a config file belongs to one running agent'],
    [new CommandFailedError('refused'), 1, 'refused'],
    [new AggregateError([new Error('a'), new Error('b')], 'both'), 1, 'both\n  a\n  b'],
    ['text', 1, 'text'],
  ] as const) {
    const name = error instanceof Error ? error.constructor.name : 'anything else';
    test(`${name}: ${code}`, () => assert.deepEqual([exitCodeOf(error), messageOf(error)], [code, message]));
  }
});
