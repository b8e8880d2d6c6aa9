import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobIdentitySchema, jobPayloadSchema } from '#protocol/job.ts';
import { parseMessage } from '#protocol/parse.ts';
import { isProtocolError, type ProtocolError } from '#protocol/protocol-error.ts';

const smallest = { id: 1, token: 'glcbt-1', job_info: {}, git_info: {} };
const parse = (changes: object) => parseMessage(jobPayloadSchema, { ...smallest, ...changes }, 'job payload');

/** Without the difference between a key that is absent and one that is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function refusal(value: unknown): ProtocolError {
  try {
    parseMessage(jobPayloadSchema, value, 'job payload');
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
  throw new Error('the payload was accepted');
}

describe('job payload', () => {
  test('fields that are missing come out absent or empty', () => {
    const payload = parse({});
    assert.equal(payload.image, undefined);
    assert.equal(payload.run, undefined);
    assert.deepEqual([payload.services, payload.steps, payload.variables, payload.artifacts], [[], [], [], []]);
    assert.deepEqual(payload.features, { trace_sections: false, failure_reasons: [], token_mask_prefixes: [] });
    assert.equal(payload.runner_info.timeout, 7200);
    assert.equal(payload.git_info.repo_object_format, 'sha1');
  });

  test('null means the same as missing, at every level', () => {
    const names = [
      'allow_git_fetch',
      'runner_info',
      'variables',
      'steps',
      'run',
      'inputs',
      'image',
      'services',
      'artifacts',
    ];
    names.push('cache', 'credentials', 'dependencies', 'features', 'hooks', 'secrets', 'policy_options');
    assert.deepEqual(plain(parse(Object.fromEntries(names.map((name) => [name, null])))), plain(parse({})));
    const nulls = { name: 'a', alias: null, command: null, entrypoint: null, ports: null, variables: null };
    const image = { ...nulls, pull_policy: null, executor_opts: null };
    assert.deepEqual(plain(parse({ image }).image), plain(parse({ image: { name: 'a' } }).image));
    assert.deepEqual(parse({ image: { executor_opts: { docker: null } } }).image?.executor_opts.docker, undefined);
    assert.deepEqual(parse({ steps: [{ name: null, script: null, timeout: null }] }).steps[0]?.script, []);
  });

  test('unknown fields are tolerated', () => {
    assert.deepEqual(parse({ newer: { x: 1 }, job_info: { newer: [] } }), parse({}));
  });

  test('unknown executor options are kept, so that they can be refused by name', () => {
    const opts = parse({ image: { executor_opts: { docker: { user: 7, cpu: 'x' }, shell: {} } } }).image?.executor_opts;
    assert.deepEqual(opts, { docker: { user: '7', cpu: 'x' }, shell: {} });
  });

  test('a run of "" is absent, text stays', () => {
    assert.equal(parse({ run: '' }).run, undefined);
    assert.equal(parse({ run: '[]' }).run, '[]');
  });

  for (const timeout of [0, -5, null]) {
    test(`a timeout of ${timeout} is the default`, () => {
      assert.equal(parse({ runner_info: { timeout } }).runner_info.timeout, 7200);
    });
  }

  const wrong: [object, string, string][] = [
    [{ steps: 'echo' }, 'steps', 'expected a list, found a string'],
    [{ steps: [{ script: 'echo' }] }, 'steps[0].script', 'expected a list, found a string'],
    [{ steps: [{ script: ['a', 7] }] }, 'steps[0].script[1]', 'expected a string, found a number'],
    [{ image: 'busybox' }, 'image', 'expected an object, found a string'],
    [{ image: { entrypoint: '/bin/sh' } }, 'image.entrypoint', 'expected a list, found a string'],
    [{ services: [{}, { command: {} }] }, 'services[1].command', 'expected a list, found an object'],
    [{ image: { executor_opts: { docker: { user: true } } } }, 'image.executor_opts.docker.user', 'found a boolean'],
    [{ runner_info: { timeout: 'long' } }, 'runner_info.timeout', 'expected a number, found a string'],
    [{ runner_info: { timeout: 1.5 } }, 'runner_info.timeout', 'expected a whole number, found a fraction'],
    [{ job_info: { project_id: 'seven' } }, 'job_info.project_id', 'expected a number, found a string'],
    [{ job_info: undefined }, 'job_info', 'expected an object, found nothing'],
    [{ variables: [{ value: 'secret-value' }] }, 'variables[0].key', 'expected a string, found nothing'],
    [{ variables: [{ key: 'K', value: 4242 }] }, 'variables[0].value', 'expected a string, found a number'],
    [{ run: [] }, 'run', 'expected a string, found a list'],
    [{ id: undefined }, 'id', 'expected a number, found nothing'],
    [{ token: null }, 'token', 'expected a string, found null'],
    [{ token: '' }, 'token', 'found an empty string'],
    [{ secrets: { A: 'vault' } }, 'secrets.A', 'expected an object, found a string'],
  ];
  for (const [changes, path, sentence] of wrong) {
    test(`${JSON.stringify(changes)} is refused at ${path}`, () => {
      const error = refusal({ ...smallest, ...changes });
      assert.equal(error.path, path);
      assert.ok(error.message.startsWith(`job payload: ${path}: expected `), error.message);
      assert.ok(error.message.includes(sentence), error.message);
      assert.ok(!/secret-value|4242|busybox|seven/.test(error.message), 'the value is not told');
    });
  }

  test('something that is no object is refused', () => {
    assert.equal(refusal(null).message, 'job payload: expected an object, found null');
    assert.equal(refusal([]).path, '');
  });

  test('ids are exact up to 2^53 - 1, larger ones are refused instead of rounded', () => {
    const body = (id: string): unknown => JSON.parse(JSON.stringify(smallest).replace('1', id));
    assert.equal(parseMessage(jobPayloadSchema, body('9007199254740991'), 'job payload').id, 9007199254740991);
    const error = refusal(body('9007199254740993'));
    assert.equal(error.path, 'id');
    assert.match(error.message, /up to 9007199254740991, found one beyond 2\^53/);
  });

  test('the identity of a malformed payload can still be read', () => {
    assert.deepEqual(parseMessage(jobIdentitySchema, { ...smallest, steps: 'x' }, 'job'), { id: 1, token: 'glcbt-1' });
  });
});
