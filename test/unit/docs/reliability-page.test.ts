import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildProgram } from '../../../agent/commands/program.ts';
import { configSchema } from '../../../agent/config/schema.ts';
import { markdownBlocks } from '../../support/markdown-blocks.ts';

test('the systemd unit starts the agent with options that it knows, and ends it so that jobs go on', async () => {
  const unit = (await markdownBlocks('reliability.md')).find(({ language }) => language === 'ini')?.text ?? '';
  const setting = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
  const [program, verb, ...args] = setting('ExecStart').split(' ');
  assert.deepEqual([program, verb], ['/usr/local/bin/dockworker', 'run']);
  const run = (await buildProgram(['run'])).commands.find((command) => command.name() === 'run');
  assert.deepEqual(run?.parseOptions(args), { operands: [], unknown: [] });
  const [name, value] = setting('Environment').split('=');
  const option = run.options.find(({ envVar }) => envVar === name);
  assert.ok(option?.argChoices?.includes(value ?? ''), `${name}=${value}`);
  assert.deepEqual([setting('KillMode'), setting('KillSignal')], ['process', 'SIGTERM']);
  assert.ok(Number(setting('TimeoutStopSec')) > configSchema.parse({}).shutdown_timeout);
});
