import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentVariable, JobVariables } from '../../../../../agent/job/variables/job-variables.ts';
import type { JobVariable } from '../../../../../agent/job/variables/job-variables.ts';
import { IMAGE_PATH } from '../../../../../agent/stages/shell-script.ts';
import { variable } from '../../../../support/job-fixture.ts';
import type { Variable } from '../../../../../protocol/job.ts';

const DIRECTORY = '/builds/grp/app.tmp';
const given = (key: string, value: string, flags: Partial<Variable> = {}): JobVariable => ({
  ...variable(key, value, flags),
  internal: false,
});
const make = (...variables: JobVariable[]): JobVariables => new JobVariables(variables, DIRECTORY);

/** Key, value as given, value as the script of the peer saw it. */
const OBSERVED: readonly (readonly [string, string, string])[] = [
  ['A', '$B-a', '${C}-b-a'],
  ['B', '${C}-b', 'c-b'],
  ['C', 'c', 'c'],
  ['D', '$C-d', 'c-d'],
  ['E', '$D-e', '$C-d-e'],
  ['SELF', '$SELF:z', '$SELF:z:z'],
  ['UNDEF', '[$NOPE_X]', '[]'],
  ['DD', 'a$$b', 'a$b'],
  ['DD2', '$$C', '$C'],
  ['POS', '[$1][$@][$?][$*][$#]', '[][][][][]'],
  ['OPEN', 'x${C', 'xC'],
  ['DEF', '[${NOPE_X:-def}]', '[]'],
  ['BS', '\\$C', '\\c'],
  ['PCT', '%C%', '%C%'],
  ['DIR', '$CI_PROJECT_DIR/x', '/builds/grp/app/x'],
  ['JOBID', 'j$CI_JOB_NAME', 'jjob'],
  ['MYPATH', '/opt:$PATH', '/opt:'],
  ['DASH', '$C-$C.$C/$C_x', 'c-c.c/'],
  ['SPACE', 'a $C b', 'a c b'],
  ['END', 'x$', 'x$'],
  ['WORD', '$C1x', ''],
  ['R', '$RAWV', 'r$C'],
  ['RAWV', 'r$C', 'r$C'],
];

describe('JobVariables: expansion', () => {
  const variables = make(
    agentVariable('CI_PROJECT_DIR', '/builds/grp/app'),
    given('CI_JOB_NAME', 'job'),
    ...OBSERVED.map(([key, value]) => given(key, value, { raw: key === 'RAWV' })),
  );
  for (const [key, value, expected] of OBSERVED)
    test(`${key} = ${value}`, () => assert.equal(variables.get(key), expected));

  test('text of the payload is expanded with expanded values', () => {
    assert.equal(variables.expand('$B/${D}/$NOPE'), 'c-b/c-d/');
  });

  test('PATH may extend the PATH of the image', () => {
    assert.equal(make(given('PATH', '$PATH:/extra')).get('PATH'), `${IMAGE_PATH}:/extra`);
  });
});

describe('JobVariables: definitions', () => {
  test('the last definition wins, the place is that of the first', () => {
    const variables = make(given('A', '1'), given('B', '$A'), given('A', '2'));
    assert.deepEqual(variables.environment(), [
      { key: 'A', value: '2' },
      { key: 'B', value: '2' },
    ]);
  });

  test('an unknown key is empty and not there', () => {
    assert.equal(make().get('X'), '');
    assert.equal(make().has('X'), false);
    assert.equal(make(given('X', '')).has('X'), true);
  });

  test('names that JavaScript objects have are no variables', () => {
    for (const name of ['constructor', '__proto__', 'toString']) assert.equal(make().expand(`[$${name}]`), '[]');
  });
});

describe('JobVariables: file variables', () => {
  test('hold the path, and references give path and rest', () => {
    const variables = make(given('F', 'content $C', { file: true }), given('G', '${F}_x'), given('C', 'c'));
    assert.equal(variables.get('F'), `${DIRECTORY}/F`);
    assert.equal(variables.get('G'), `${DIRECTORY}/F_x`);
    assert.deepEqual(variables.files(), [{ path: `${DIRECTORY}/F`, content: 'content c' }]);
  });

  test('a raw file keeps its dollar signs', () => {
    assert.equal(make(given('R', 'r $C $$', { raw: true, file: true })).content('R'), 'r $C $$');
  });

  for (const key of ['../../etc/passwd', '/etc/passwd', '..', '.', '', 'a/../../b', 'x\0y', '...', 'a\nb'])
    test(`the file of ${JSON.stringify(key)} lies directly below the temporary directory`, () => {
      const [file] = make(given(key, 'x', { file: true })).files();
      assert.match(file?.path ?? '', /^\/builds\/grp\/app\.tmp\/[^/\0]+$/);
      assert.doesNotMatch(file?.path ?? '', /\/\.{1,2}$/);
    });
});

describe('JobVariables: who sees what', () => {
  test("services see public variables and the agent's own", () => {
    const variables = make(
      agentVariable('CI_SERVER', 'yes'),
      given('OPEN', 'o', { public: true }),
      given('SECRET', 's'),
    );
    assert.deepEqual(variables.forServices(), ['CI_SERVER=yes', 'OPEN=o']);
  });

  test('a job that redefines a variable of the agent as private hides it', () => {
    const variables = make(agentVariable('CI_SERVER', 'yes'), given('CI_SERVER', 'mine'));
    assert.deepEqual(variables.forServices(), []);
  });

  test('what no environment can hold is not offered to services', () => {
    assert.deepEqual(make(given('PATH', '$PATH:/x', { public: true })).forServices(), []);
  });

  test('masked values are told expanded, file contents included, blanks left out', () => {
    const variables = make(
      given('BASE', 'base'),
      given('M', '$BASE-tail', { masked: true }),
      given('F', 'file content', { masked: true, file: true }),
      given('EMPTY', '  ', { masked: true }),
    );
    assert.deepEqual(variables.masked(), ['base-tail', 'file content']);
  });
});
