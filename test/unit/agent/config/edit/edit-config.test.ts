import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'toml';
import {
  appendRunner,
  ConfigEditError,
  removeRunner,
  setRunnerKey,
} from '../../../../../agent/config/edit/edit-config.ts';

const entry = {
  name: 'new',
  url: 'http://gitlab.test',
  token: 'glrt-new',
  docker: { image: 'busybox', volumes: ['/cache'] },
};
const block =
  '[[runners]]\n  name = "new"\n  url = "http://gitlab.test"\n  token = "glrt-new"\n  [runners.docker]\n    image = "busybox"\n    volumes = ["/cache"]\n';

const plain = (name: string) =>
  `[[runners]]\n  name = "${name}"\n  url = "http://gitlab.test"\n  token = "glrt-${name}"\n`;

const nastyFiles: Readonly<Record<string, string>> = {
  'comments between blocks': `# top\nconcurrent = 2 # two\n\n# first\n${plain('a')}  # inside\n\n# second\n${plain('b')}# end\n`,
  'no final newline': `concurrent = 2\n${plain('a')}${plain('b')}`.trimEnd(),
  'inline tables': `${plain('a')}  feature_flags = { FF_A = true, "FF B" = false } # flags\n${plain('b')}  docker = { image = "x", services = [{ name = "redis" }] }\n`,
  'a multi-line string that looks like a block': `${plain('a')}  pre_build_script = """\n[[runners]]\nname = "fake"\n\n# not a comment\n"""\n${plain('b')}  post_build_script = '''\n[[runners]]\n'''\n`,
  'odd spacing and order': `check_interval=5\n[ session_server ]\n  session_timeout=9\n[[ runners ]]\nname='a'\n   token   =   'glrt-a'   # tok\nurl="u"\n[[runners]]\nurl="u"\ntoken="glrt-b"\nname="b"\n`,
  'a table of the entry after another table': `${plain('a')}[session_server]\nsession_timeout = 9\n[runners.docker]\nimage = "x"\n${plain('b')}`,
  'characters outside the BMP': `# 🐳🐳\n${plain('a')}  environment = ["A=🐳"]\n${plain('b')}`,
};

describe('appendRunner', () => {
  test('a fresh file gets concurrent and the block', () => {
    assert.equal(appendRunner('', entry), `concurrent = 1\ncheck_interval = 0\n\n${block}`);
  });

  test('a file with comments alone keeps them and counts as fresh', () => {
    assert.equal(appendRunner('# ours\n', entry), `# ours\nconcurrent = 1\ncheck_interval = 0\n\n${block}`);
  });

  test('concurrent is not added to a file that has other keys', () => {
    assert.equal(appendRunner('log_level = "debug"\n', entry), `log_level = "debug"\n\n${block}`);
  });

  for (const [name, text] of Object.entries(nastyFiles)) {
    test(`${name}: every byte before the block stays`, () => {
      const edited = appendRunner(text, entry);
      assert.ok(edited.startsWith(text));
      assert.equal(edited.slice(text.length).trimStart(), block);
    });

    test(`${name}: removing it again gives the file back`, () => {
      const finished = text.endsWith('\n') ? text : `${text}\n`;
      assert.equal(removeRunner(appendRunner(text, entry), 2), finished);
    });
  }

  test('CRLF files get CRLF lines', () => {
    const text = plain('a').replaceAll('\n', '\r\n');
    assert.equal(appendRunner(text, entry), `${text}\r\n${block.replaceAll('\n', '\r\n')}`);
  });

  test('entries in an inline list are refused with their line', () => {
    const text = 'concurrent = 1\nrunners = [{ url = "u", token = "t" }]\n';
    assert.throws(
      () => appendRunner(text, entry),
      (error) => error instanceof ConfigEditError && /line 2/.test(error.message),
    );
  });
});

describe('removeRunner', () => {
  for (const [name, text] of Object.entries(nastyFiles)) {
    for (const [index, gone, kept] of [
      [0, 'a', 'b'],
      [1, 'b', 'a'],
    ] as const) {
      test(`${name}: entry ${gone} goes, everything else stays`, () => {
        const edited = removeRunner(text, index);
        const before = parse(text);
        const expected = { ...before, runners: [before.runners[1 - index]] };
        assert.deepEqual(structuredClone(parse(edited)), structuredClone(expected));
        assert.ok(!edited.includes(`glrt-${gone}`));
        const keptLines = text
          .split('\n')
          .filter((line) => (line.startsWith('#') && !line.includes('not a comment')) || line.includes(`glrt-${kept}`));
        for (const line of keptLines) assert.ok(edited.includes(line), line);
      });
    }
  }

  test('the text around the block is untouched', () => {
    const text = `# top\nconcurrent = 2\n\n${plain('a')}\n# about b\n${plain('b')}`;
    assert.equal(removeRunner(text, 0), `# top\nconcurrent = 2\n\n# about b\n${plain('b')}`);
  });
});

describe('setRunnerKey', () => {
  for (const [name, text] of Object.entries(nastyFiles)) {
    test(`${name}: only the token changes`, () => {
      const edited = setRunnerKey(text, 0, 'token', 'glrt-NEW');
      assert.equal(edited, text.replace(/"glrt-a"|'glrt-a'/, '"glrt-NEW"'));
    });
  }

  test('a key that is not there becomes a line with the margin of its neighbours', () => {
    const text = `${plain('a')}  [runners.docker]\n    image = "x"\n`;
    const date = new Date('2026-11-21T04:01:21.733Z');
    const edited = setRunnerKey(text, 0, 'token_expires_at', date);
    assert.equal(edited, text.replace('"glrt-a"\n', '"glrt-a"\n  token_expires_at = 2026-11-21T04:01:21Z\n'));
  });

  test('a new line after a last line without newline', () => {
    const edited = setRunnerKey(plain('a').trimEnd(), 0, 'id', 7);
    assert.equal(edited, `${plain('a')}  id = 7\n`);
  });

  test('strings are escaped', () => {
    const edited = setRunnerKey(plain('a'), 0, 'token', 'a"b\\c\n\u007F');
    assert.equal(parse(edited).runners[0].token, 'a"b\\c\n\u007F');
  });

  test('an entry that does not exist is refused', () => {
    assert.throws(() => setRunnerKey(plain('a'), 3, 'token', 'x'), ConfigEditError);
  });
});
