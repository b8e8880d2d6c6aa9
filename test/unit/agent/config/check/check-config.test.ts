import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkConfig } from '../../../../../agent/config/check/check-config.ts';
import { formatProblem } from '../../../../../agent/config/config-error.ts';

const runner = (more = ''): string => `[[runners]]\n  name = "a"\n  url = "http://x"\n  token = "glrt-secret"\n${more}`;
const problems = (text: string, env?: Record<string, string>): string[] => {
  const { errors } = checkConfig(text, env);
  return errors.map((problem) => formatProblem('F', problem));
};
const unknown = (text: string): string[] => checkConfig(text).unknownKeys.map((problem) => formatProblem('F', problem));

describe('what makes a config file unusable', () => {
  for (const [title, text, expected] of [
    ['syntax', 'concurrent = = 1\n', ['F:1:14: this is not valid TOML: Unexpected token']],
    ['a key twice', 'a = 1\na = 2\n', ['F:2:1: this is not valid TOML: Defining a key multiple times is invalid']],
    ['concurrent = 0', 'concurrent = 0\n', ['F:1:1: concurrent: expected at least 1, found 0']],
    ['concurrent = -2', '\nconcurrent = -2\n', ['F:2:1: concurrent: expected at least 1, found -2']],
    ['concurrent a word', 'concurrent = "many"\n', ['F:1:1: concurrent: expected a whole number, found a string']],
    ['a broken number', 'concurrent = 1.5\n', ['F:1:1: concurrent: expected a whole number, found a number']],
    ['[runners] for [[runners]]', '[runners]\n', ['F:1:1: runners: expected a list, found a table']],
    [
      'wrong types in one entry of two',
      `${runner()}${runner('  [runners.docker]\n    privileged = "sure"\n    volumes = "/cache"\n').replace('"a"', '"b"')}`,
      [
        'F:10:5: runners.docker.privileged: expected true or false, found a string (in [[runners]] "b")',
        'F:11:5: runners.docker.volumes: expected a list, found a string (in [[runners]] "b")',
      ],
    ],
    [
      'wrong types in an inline table',
      runner('  docker = { image = "x", shm_size = "1" }\n'),
      ['F:5:27: runners.docker.shm_size: expected a whole number, found a string (in [[runners]] "a")'],
    ],
    [
      'a policy that is neither string nor list',
      runner('  [runners.docker]\n    pull_policy = 4\n'),
      [
        'F:6:5: runners.docker.pull_policy: expected a string or a list of strings, found a number (in [[runners]] "a")',
      ],
    ],
    [
      'a duration that is none',
      runner('  unhealthy_interval = "soon"\n'),
      [
        'F:5:3: runners.unhealthy_interval: expected a duration such as "90s" or "1h30m", found a string (in [[runners]] "a")',
      ],
    ],
    [
      'url and token missing, entry without a name',
      'concurrent = 1\n[[runners]]\n  executor = "docker"\n',
      [
        'F:2:1: runners.url is missing: the URL of the coordinator (in [[runners]] number 1)',
        'F:2:1: runners.token is missing: the token of the runner (in [[runners]] number 1)',
      ],
    ],
    [
      'an empty token',
      runner().replace('glrt-secret', ''),
      ['F:4:3: runners.token: expected the token of the runner, found an empty string (in [[runners]] "a")'],
    ],
    [
      'a token that is a number is not shown',
      runner().replace('"glrt-secret"', '424242'),
      ['F:4:3: runners.token: expected the token of the runner, found a number (in [[runners]] "a")'],
    ],
  ] as const) {
    test(title, () => assert.deepEqual(problems(text), expected));
  }

  test('a variable that is not set', () => {
    const text = runner().replace('glrt-secret', '$MY_TOKEN');
    assert.deepEqual(problems(text, {}), [
      'F:4:3: token names the environment variable MY_TOKEN, which is not set (in [[runners]] "a")',
    ]);
  });
});

describe('what does not', () => {
  for (const [title, text] of [
    ['nothing at all', ''],
    ['no runners', 'concurrent = 2\n'],
    ['no concurrent', runner()],
    ['CRLF', runner().replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${runner()}`],
    [
      'values that only the engine can judge',
      runner('  [runners.docker]\n    memory = "lots"\n    pull_policy = "maybe"\n'),
    ],
    ['settings of other executors', runner('  [runners.kubernetes]\n    namespace = "x"\n')],
  ] as const) {
    test(title, () => assert.deepEqual(problems(text), []));
  }

  test('$NAME and ${NAME} in url and token', () => {
    const text = runner().replace('glrt-secret', '${TOKEN}').replace('http://x', 'http://$HOST/sub');
    const { config } = checkConfig(text, { TOKEN: 'glrt-1', HOST: 'h' });
    assert.deepEqual([config?.runners[0]?.token, config?.runners[0]?.url], ['glrt-1', 'http://h/sub']);
  });

  test('$NAME stays without an environment', () => {
    const { config } = checkConfig(runner().replace('glrt-secret', '$TOKEN'));
    assert.equal(config?.runners[0]?.token, '$TOKEN');
  });
});

describe('unknown keys', () => {
  test('are named with line and the nearest name, and left out', () => {
    const text = `conkurrent = 2\nwarp = 9\n${runner('  colour = 1\n  [runners.docker]\n    imag = "x"\n    [[runners.docker.services]]\n      name = "redis"\n      comand = ["x"]\n')}`;
    assert.deepEqual(unknown(text), [
      'F:1:1: conkurrent is not a known key; did you mean concurrent?',
      'F:2:1: warp is not a known key',
      'F:7:3: runners.colour is not a known key (in [[runners]] "a")',
      'F:9:5: runners.docker.imag is not a known key (in [[runners]] "a"); did you mean image?',
      'F:12:7: runners.docker.services.comand is not a known key (in [[runners]] "a"); did you mean command?',
    ]);
    assert.deepEqual(checkConfig(text).config?.concurrent, 1);
  });

  test('a known name in other letters is that name, as the peer reads it', () => {
    const { config, unknownKeys } = checkConfig(
      runner('  [runners.cache]\n    type = "s3"\n    [runners.cache.s3]\n      bucketname = "b"\n'),
    );
    assert.deepEqual(unknownKeys, []);
    assert.deepEqual([config?.runners[0]?.cache.Type, config?.runners[0]?.cache.s3.BucketName], ['s3', 'b']);
  });
});

describe('keys without effect', () => {
  test('are named once, and only when they are set to something', () => {
    const cache = '  [runners.cache]\n    MaxUploadedArchiveSize = 0\n    Type = "s3"\n    [runners.cache.s3]\n';
    const text = `sentry_dsn = "x"\n[session_server]\n  session_timeout = 1800\n${runner(cache)}${runner(cache)}`;
    assert.deepEqual(checkConfig(text).unimplemented, ['sentry_dsn', 'runners.cache.Type']);
  });

  test('a free table is named as a whole', () => {
    const text = runner('  [runners.kubernetes]\n    namespace = "x"\n    pods = { a = 1 }\n');
    assert.deepEqual(checkConfig(text).unimplemented, ['runners.kubernetes']);
  });
});
