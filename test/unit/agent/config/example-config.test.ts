import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'toml';
import { checkConfig } from '../../../../agent/config/check/check-config.ts';
import { implementedKeys } from '../../../../agent/config/check/implemented-keys.ts';
import { isTable } from '../../../../agent/config/check/parse-toml.ts';

const path = join(import.meta.dirname, '..', '..', '..', '..', 'config.example.toml');

/** The dotted keys of a parsed file, lists without positions, every table on the way included. */
function keysOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysOf(item, at));
  if (!isTable(value)) return [at];
  const inner = Object.entries(value).flatMap(([key, one]) => keysOf(one, at === '' ? key : `${at}.${key}`));
  return [at, ...inner];
}

test('config.example.toml is good, and every key in it has an effect', async () => {
  const { errors, unknownKeys, unimplemented } = checkConfig(await readFile(path, 'utf8'));
  assert.deepEqual([errors, unknownKeys, unimplemented], [[], [], []]);
});

test('config.example.toml has every key that has an effect', async () => {
  const shown = new Set(keysOf(parse(await readFile(path, 'utf8'))));
  // What the peer writes into every file does nothing without a session server.
  const missing = [...implementedKeys].filter((key) => !shown.has(key) && key !== 'session_server.session_timeout');
  assert.deepEqual(missing, []);
});
