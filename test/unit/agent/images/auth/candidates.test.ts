import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthSource } from '../../../../../agent/images/auth/auth-source.ts';
import { CredentialResolver } from '../../../../../agent/images/auth/credential-resolver.ts';
import { rows, type Row } from '../../../../support/candidates-table.ts';

const names = ['job', 'runner', 'home', 'payload'] as const;

function sourceOf(row: Row, name: (typeof names)[number]): AuthSource[] {
  const keys = row[name];
  if (keys === undefined) return [];
  const auths = Object.fromEntries(
    keys.map((key) => [key, { auth: Buffer.from(`${name}-${key.replaceAll(':', '.')}:pw`).toString('base64') }]),
  );
  const provenance = name === 'job' ? 'job' : name === 'payload' ? 'coordinator' : 'operator';
  return [{ name, provenance, text: JSON.stringify({ auths }) }];
}

test('the table is as long as it says', () => {
  assert.ok(rows.length >= 60);
});

for (const row of rows) {
  const { image, winner, ...sources } = row;
  test(`${image} with ${JSON.stringify(sources)}: ${winner}`, async () => {
    const resolver = new CredentialResolver(
      names.flatMap((name) => sourceOf(row, name)),
      {
        allowedHelpers: {},
        log: { warning: () => {} },
        runHelper: () => assert.fail('no helper is named'),
        signal: new AbortController().signal,
      },
    );
    const [best] = await resolver.candidates(image);
    assert.equal(best === undefined ? '-' : `${best.source} ${best.key}`, winner);
    if (best !== undefined) assert.equal(best.username, `${best.source}-${best.key.replaceAll(':', '.')}`);
  });
}
