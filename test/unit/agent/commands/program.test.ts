import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runAgent } from '../../../support/run-agent.ts';

describe('the command line', () => {
  for (const [args, code, pattern] of [
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
    [['--help'], 0, /register.*run.*verify/s],
    [['run', '--help'], 0, /--config.*--state-dir/s],
    [['register', '--help'], 0, /--docker-pull-policy.*DOCKER_PULL_POLICY/s],
    [['no-such-command'], 2, /unknown command 'no-such-command'/],
    [['registr'], 2, /Did you mean register\?/],
    [['list', '--no-such-option'], 2, /unknown option '--no-such-option'/],
    [['list', '--confg=x'], 2, /^error: unknown option '--confg'\n\(Did you mean --config\?/],
    [['register', '--docker-imag', 'x'], 2, /Did you mean --docker-image\?/],
    [['run-single', '--limit', 'many'], 2, /--limit.*whole number/s],
    [['run-single', '--docker-privileged=perhaps'], 2, /--docker-privileged.*true or false/s],
    [['unregister'], 2, /say which runner: --name/],
    [['reset-token'], 2, /say which runner: --name/],
    [['run-single'], 2, /needs --url and --token/],
    [['--log-level', 'loud', 'list'], 2, /--log-level.*panic, fatal/s],
    [[], 2, /Usage: dockworker/],
  ] as const) {
    test(`${args.join(' ') || '(nothing)'} exits ${code}`, async () => {
      const run = await runAgent(args);
      assert.match(run.stdout + run.stderr, pattern);
      assert.equal(run.code, code);
    });
  }
});
