import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { docker, needsEngine } from '../support/engine.ts';
import { randomName, runScript } from '../support/engine-job.ts';
import { whileHeld } from '../support/held-job.ts';
import { accepted, variable } from '../support/job-fixture.ts';
import { needsPrivileged } from '../support/privileged.ts';
import { removeImage } from '../support/remove-image.ts';
import { foreignProgram } from '../support/foreign-program.ts';
import { ask, TELL, teller } from '../support/teller.ts';
import { changedImage, imageOf } from '../support/test-image.ts';

describe('names of a service', { skip: needsEngine(), concurrency: 2 }, () => {
  for (const [where, config] of [
    ['a network of the job', {}],
    ['the bridge', { network_mode: 'bridge' }],
  ] as const)
    test(`on ${where}: explicit ones, however they are separated, and those of the image without port and tag`, async () => {
      const repository = `registry.example:5000/grp/${randomName('names')}`;
      await docker('tag', 'busybox:latest', `${repository}:3`);
      await using _ = { [Symbol.asyncDispose]: () => removeImage(`${repository}:3`) };
      const path = repository.replace(':5000', '');
      const names = ['one', 'two', 'three', 'four', path.replaceAll('/', '__'), path.replaceAll('/', '-')];
      const { trace, failure } = await runScript(names.map(ask), {
        docker: config,
        payload: {
          services: [teller('here', { name: `${repository}:3`, alias: 'one,two three  $FOUR' })],
          variables: [variable('FOUR', 'four')],
        },
      });
      assert.equal(failure, undefined);
      assert.deepEqual(
        trace.printed(),
        names.map((name) => `${name}: here`),
      );
    });

  test('a name from a variable, and one without tag', async () => {
    const { trace } = await runScript([ask('busybox'), ask('second')], {
      payload: {
        services: [
          teller('bare', { name: 'busybox' }),
          teller('by variable', { name: '$IMAGE:$TAG', alias: 'second' }),
        ],
        variables: [variable('IMAGE', 'busybox'), variable('TAG', 'latest')],
      },
    });
    assert.deepEqual(trace.printed(), ['busybox: bare', 'second: by variable']);
  });
});

describe('services of the runner and of the job', { skip: needsEngine(), concurrency: 2 }, () => {
  test('both run; name, alias and environment of the runner are expanded with variables of the job', async () => {
    const configured = {
      name: 'busybox:$TAG',
      alias: '$WHERE also',
      command: ['sh', '-c', TELL],
      environment: ['TEXT=for $CI_PROJECT_PATH by $RUNNER_WORD'],
    };
    const { trace } = await runScript([ask('store'), ask('also'), ask('own')], {
      runner: { environment: ['RUNNER_WORD=runner'] },
      docker: { services: [configured] },
      payload: {
        services: [teller('of the job', { alias: 'own' })],
        variables: [variable('TAG', 'latest'), variable('WHERE', 'store'), variable('CI_PROJECT_PATH', 'grp/app')],
      },
    });
    const words = 'for grp/app by runner';
    assert.deepEqual(trace.printed(), [`store: ${words}`, `also: ${words}`, 'own: of the job']);
  });

  test(
    'allowed_services lets one by that a variable names, privileged where the runner says so',
    { skip: needsPrivileged() },
    async () => {
      const changes = {
        docker: { allowed_services: ['busy*:latest'], privileged: true },
        payload: { services: [teller('x', { name: '$S' })], variables: [variable('S', 'busybox:latest')] },
      };
      await whileHeld(changes, async (job, services) => {
        const format = '{{.HostConfig.Privileged}}';
        assert.equal(await docker('inspect', '--format', format, ...services, job.buildName), 'true\ntrue');
      });
      const refused = { ...changes, payload: { services: [teller('x', { name: 'redis:7' })] } };
      assert.throws(() => accepted(refused), { reason: 'runner_system_failure', message: /allowed services/ });
    },
  );
});

describe('what a service is given', { skip: needsEngine(), concurrency: 2 }, () => {
  test('public variables, its own with references to private ones, and a file variable as its path', async () => {
    const told =
      'env | grep -E "^(PUB|PRIV|REF|FILE|BOOL)=" | sort > /builds/told.new; mv /builds/told.new /builds/told';
    const service = {
      name: 'busybox:latest',
      command: ['sh', '-c', `${told}; sleep 300`],
      variables: [{ key: 'REF', value: 'x-$PRIV at $FILE' }],
    };
    const variables = [
      variable('PUB', 'p', { public: true }),
      variable('PRIV', 'private'),
      variable('FILE', 'content', { file: true, public: true }),
    ];
    const { trace } = await runScript(['while [ ! -e /builds/told ]; do sleep 0.1; done; cat /builds/told'], {
      payload: { services: [service], variables },
    });
    const path = '/builds/grp/app.tmp/FILE';
    assert.deepEqual(trace.printed(), [`FILE=${path}`, 'PUB=p', `REF=x-private at ${path}`]);
  });

  test('the builds directory and every volume of the job, both ways', async () => {
    const command = [
      'sh',
      '-c',
      'while ! cp /cache/question /builds/answer 2>/dev/null; do sleep 0.1; done; sleep 300',
    ];
    const script = [
      'echo shared > /cache/q; mv /cache/q /cache/question',
      'while [ ! -s /builds/answer ]; do sleep 0.1; done; cat /builds/answer',
    ];
    const { trace } = await runScript(script, {
      docker: { volumes: ['/cache'], disable_cache: true },
      payload: { services: [{ name: 'busybox:latest', command }] },
    });
    assert.deepEqual(trace.printed(), ['shared']);
  });
});

test('a service whose image declares a user of its own keeps it', { skip: needsEngine() }, async () => {
  await using image = await changedImage('busybox:latest', 'USER 1234');
  const service = { name: image.name, command: ['sh', '-c', 'id -u > /builds/uid; sleep 300'] };
  const { trace } = await runScript(['while [ ! -s /builds/uid ]; do sleep 0.1; done; cat /builds/uid'], {
    payload: { services: [service] },
  });
  assert.deepEqual(trace.printed(), ['1234']);
});

test('a service made for another processor is told of, and the script runs', { skip: needsEngine() }, async () => {
  await using image = await imageOf({ tool: await foreignProgram() });
  const service = { name: image.name, alias: 'foreign', entrypoint: ['/tool'] };
  const { failure, trace } = await runScript(['echo script'], { payload: { services: [service] } });
  assert.deepEqual([failure, trace.printed()], [undefined, ['script']]);
  assert.equal(trace.problems.length, 1);
  assert.match(trace.problems[0]?.cause ?? '', /exit code \d+.*another processor/);
});
