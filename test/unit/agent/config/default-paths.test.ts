import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultConfigPath, defaultStateDir } from '../../../../agent/config/default-paths.ts';

describe('default paths', () => {
  for (const [title, context, config, state] of [
    ['root', { isRoot: true, env: { XDG_CONFIG_HOME: '/x' } }, '/etc/dockworker/config.toml', '/var/lib/dockworker'],
    ['a user', { isRoot: false, env: {} }, '/home/u/.config/dockworker/config.toml', '/home/u/.local/state/dockworker'],
    [
      'a user with XDG variables',
      { isRoot: false, env: { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' } },
      '/c/dockworker/config.toml',
      '/s/dockworker',
    ],
  ] as const) {
    test(title, () => {
      const whole = { ...context, home: '/home/u' };
      assert.deepEqual([defaultConfigPath(whole), defaultStateDir(whole)], [config, state]);
    });
  }
});
