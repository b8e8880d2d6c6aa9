import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ScriptReader, type ScriptEnd } from '../../../../../agent/container/shell/script-reader.ts';

const NONCE = 'n'.repeat(32);
const mark = (text: string): string => `\x1b]dw;${NONCE};${text}\x07`;

/** What of a log is passed on as the output of run 2, and how that is found to have ended. */
async function read(stdout: string, certain: boolean, stderr = ''): Promise<{ out: string; end: ScriptEnd }> {
  let out = '';
  const reader = new ScriptReader(
    { nonce: NONCE, run: 2 },
    { write: (_, bytes) => (out += bytes.toString()) },
    certain,
  );
  reader.write('stdout', Buffer.from(stdout));
  reader.write('stderr', Buffer.from(stderr));
  reader.streamEnded();
  return { out, end: await reader.end };
}

const FIRST_RUN = `${mark('shell')}${mark('1;begin')}earlier${mark('1;0')}`;

describe('ScriptReader', () => {
  test('marks are taken out, and the second of the end tells the exit code', async () => {
    const { out, end } = await read(`entry ${mark('shell')}${mark('2;begin')}text${mark('2;3')}`, true, mark('2;3'));
    assert.deepEqual([out, end], ['entry text', { marked: true, exitCode: 3 }]);
  });

  test('a log that ends with the run before holds nothing of this one', async () => {
    const { out, end } = await read(FIRST_RUN, false);
    assert.deepEqual([out, end], ['', { marked: false, shellReached: true, begun: false }]);
  });

  test('what comes before the begin is passed on once the run is known to be this one', async () => {
    const { out, end } = await read(`entry ${mark('shell')}${mark('2;begin')}text`, false);
    assert.deepEqual([out, end], ['entry text', { marked: false, shellReached: true, begun: true }]);
  });

  test('behind the run before, this one counts from its begin on', async () => {
    const { out } = await read(`${FIRST_RUN}entry ${mark('shell')}${mark('2;begin')}text`, false);
    assert.equal(out, 'text');
  });

  test('a shell that got nothing has printed nothing', async () => {
    assert.equal((await read(`banner${mark('shell')}`, false)).out, '');
  });

  test('an entrypoint that never came to the shell is heard', async () => {
    const { out, end } = await read('usage: tool', false);
    assert.deepEqual([out, end], ['usage: tool', { marked: false, shellReached: false, begun: false }]);
  });
});
