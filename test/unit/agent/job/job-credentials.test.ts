import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobCredentials } from '../../../../agent/job/job-credentials.ts';
import { accepted, jobIdentity, variable, type JobChanges } from '../../../support/job-fixture.ts';
import { login } from '../../../support/resolve-auth.ts';

const REG = 'registry.example.com';
const IMAGE = `${REG}/group/app:1`;
const config = (user: string): string => JSON.stringify({ auths: { [REG]: login(user, `pw-of-${user}`) } });
const environment = (text: string): string[] => [`DOCKER_AUTH_CONFIG=${text}`];

function finderOf(changes: JobChanges) {
  const { payload, runner } = jobIdentity(changes);
  const heard: { secrets: string[]; warnings: string[] } = { secrets: [], warnings: [] };
  const trace = {
    addSecrets: (secrets: Iterable<string>) => void heard.secrets.push(...secrets),
    warning: (text: string) => void heard.warnings.push(text),
  };
  const auth = { runner, authConfig: accepted(changes).authConfig, credentials: payload.credentials };
  return { heard, finder: jobCredentials(auth, trace, new AbortController().signal) };
}

describe('the credentials of a job', () => {
  test("come from its own variable, then the runner's environment, then its payload", async () => {
    const { finder, heard } = finderOf({
      payload: {
        variables: [variable('DOCKER_AUTH_CONFIG', config('job'))],
        credentials: [{ type: 'registry', url: REG, username: 'payload', password: 'pw-of-payload' }],
      },
      runner: { environment: environment(config('runner')) },
    });
    const found = await finder.candidates(IMAGE);
    const users = found.map(({ username }) => username).filter((name) => ['job', 'runner', 'payload'].includes(name));
    assert.deepEqual(users, ['job', 'runner', 'payload']);
    for (const { password } of found) assert.ok(heard.secrets.includes(password));
  });

  test('come from the content of a file variable, and a later definition wins', async () => {
    const { finder } = finderOf({
      payload: {
        variables: [
          variable('DOCKER_AUTH_CONFIG', config('early')),
          variable('DOCKER_AUTH_CONFIG', config('late'), { file: true }),
        ],
      },
    });
    assert.equal((await finder.candidates(IMAGE))[0]?.username, 'late');
  });

  test('may be put together from variables of the job', async () => {
    const auth = login('job', 'pw').auth;
    const { finder } = finderOf({
      payload: {
        variables: [variable('AUTH', auth), variable('DOCKER_AUTH_CONFIG', `{"auths":{"${REG}":{"auth":"$AUTH"}}}`)],
      },
    });
    assert.equal((await finder.candidates(IMAGE))[0]?.username, 'job');
  });
});

test("the runner's own config is not taken for the job's, nor changed by the job's variables", async () => {
  const runner = { environment: environment('{"credHelpers":{"$REGISTRY":"no-such-helper"}}') };
  const { finder, heard } = finderOf({ runner, payload: { variables: [variable('REGISTRY', REG)] } });
  assert.equal(accepted({ runner }).authConfig, undefined);
  await finder.candidates(IMAGE);
  assert.match(heard.warnings.join(), /"\$REGISTRY" names no registry/);
});

test("a helper that the job names is refused, one that the runner's environment names is run", async () => {
  const named = JSON.stringify({ credHelpers: { [REG]: 'no-such-helper' } });
  const job = finderOf({ payload: { variables: [variable('DOCKER_AUTH_CONFIG', named)] } });
  await job.finder.candidates(IMAGE);
  assert.match(job.heard.warnings.join(), /is not run: the job names it/);
  const own = finderOf({ runner: { environment: environment(named) } });
  await own.finder.candidates(IMAGE);
  assert.match(own.heard.warnings.join(), /is not on the PATH of the agent/);
  const permitted = finderOf({
    payload: { variables: [variable('DOCKER_AUTH_CONFIG', named)] },
    runner: { allowed_docker_credential_helpers: { [REG]: ['no-such-helper'] } },
  });
  await permitted.finder.candidates(IMAGE);
  assert.match(permitted.heard.warnings.join(), /is not on the PATH of the agent/);
});
