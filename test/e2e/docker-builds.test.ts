import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { shortToken } from '../../agent/common/short-token.ts';
import { DOCKER_IMAGE } from '../../scripts/images/image-recipe.ts';
import type { CoordinatorClient, PipelineView } from '../../scripts/local-ci/coordinator-client.ts';
import { startLocalAgent } from '../../scripts/local-ci/local-agent.ts';
import { startLocalCoordinator } from '../../scripts/local-ci/local-coordinator.ts';
import { makeGitProject } from '../../scripts/local-ci/make-git-project.ts';
import { plainTrace } from '../../scripts/local-ci/readable-trace.ts';
import { removeRunnerThings } from '../../scripts/local-ci/remove-runner-things.ts';
import { needsDockerImage } from '../support/docker-image.ts';
import { docker, engineSocket } from '../support/engine.ts';
import { markdownBlocks } from '../support/markdown-blocks.ts';
import { type Account, randomAccount } from '../support/registry/accounts.ts';
import { needsRegistry } from '../support/registry/registry-tools.ts';
import { startRegistry, type TestRegistry } from '../support/registry/start-registry.ts';
import { tempDir } from '../support/temp-dir.ts';

const WAIT_SECONDS = 100;
/** docker itself has things to warn about, too. */
const OUR_WARNING = /^WARNING: (?:Service|DOCKER_HOST|The job)/m;
const IMAGES = /docker:28(?:-dind)?/g;

const blocks = await markdownBlocks('docker-builds.md');
const block = (language: string, index = 0): string =>
  blocks.filter((one) => one.language === language)[index]?.text ?? assert.fail(`no ${language} block ${index}`);

/** Coordinator and agent with a config of the page, and the page's project. */
interface Place {
  readonly client: CoordinatorClient;
  readonly project: string;
  readonly folder: string;
}

async function openPlace(undo: AsyncDisposableStack, config: string): Promise<Place> {
  const folder = undo.use(await tempDir());
  const socket = engineSocket() ?? '';
  const coordinator = await startLocalCoordinator({ dataDir: folder.file('coordinator') });
  undo.use(coordinator.process);
  const { client, runnerToken } = coordinator;
  undo.defer(async () => void (await removeRunnerThings(socket, shortToken(runnerToken))));
  const template = folder.file('template.toml');
  await writeFile(template, localConfig(config, socket));
  await mkdir(folder.file('agent'));
  const place = { folder: folder.file('agent'), coordinatorUrl: client.url, runnerToken, socket };
  const registerOptions = ['--template-config', template];
  undo.use(await startLocalAgent({ ...place, helperImage: 'gitbase:latest', concurrent: 2, registerOptions }));
  return { client, project: await makeProject(folder), folder: folder.path };
}

/** The page's settings of `[runners.docker]` for this engine; who and where are of this test. */
function localConfig(text: string, socket: string): string {
  const lines = text.split('\n').filter((line) => !/^\s*(?:concurrent|name|url|token|executor|image) =/.test(line));
  return lines.join('\n').replace('"/var/run/docker.sock:', `"${socket}:`);
}

async function makeProject(folder: { file(name: string): string }): Promise<string> {
  await mkdir(folder.file('files'));
  await writeFile(folder.file('files/Dockerfile'), block('dockerfile'));
  await writeFile(folder.file('files/hello.sh'), block('sh'));
  // an engine of the job's own has no images, and nothing to pull them from here
  await docker('save', '--output', folder.file('files/base.tar'), 'busybox:latest');
  await makeGitProject(folder.file('files'), folder.file('project'));
  return folder.file('project');
}

interface EndedPipeline {
  readonly pipeline: PipelineView;
  /** Log of each job. */
  readonly traces: ReadonlyMap<string, string>;
}

async function run(
  { client, project, folder }: Place,
  text: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<EndedPipeline> {
  const file = `${folder}/pipeline.yml`;
  await writeFile(file, text.replaceAll(IMAGES, DOCKER_IMAGE));
  const { id } = await client.startPipeline({ project_dir: project, pipeline_file: file, variables });
  const end = performance.now() + WAIT_SECONDS * 1000;
  let pipeline = await client.pipeline(id);
  while (['created', 'pending', 'running'].includes(pipeline.state) && performance.now() < end) {
    await delay(100);
    pipeline = await client.pipeline(id);
  }
  const logs = pipeline.jobs.map(async (job) => [job.name, plainTrace(await client.trace(job.id))] as const);
  return { pipeline, traces: new Map(await Promise.all(logs)) };
}

const allLogs = ({ traces }: EndedPipeline): string =>
  [...traces].map(([name, trace]) => `${name}:\n${trace}`).join('\n');

describe('docker-builds.md: the socket of the host', { skip: needsDockerImage() || needsRegistry() }, () => {
  const undo = new AsyncDisposableStack();
  const account: Account = randomAccount('alice');
  let place: Place;
  let registry: TestRegistry;
  before(async () => {
    registry = undo.use(await startRegistry({ accounts: [account] }));
    place = await openPlace(undo, block('toml', 0));
  });
  after(() => undo.disposeAsync());

  test('verify, build, test, push: the image is at the registry, with its origin in its labels', async () => {
    const image = `${registry.host}/group/app`;
    const ended = await run(place, block('yaml', 0), {
      CI_REGISTRY: registry.host,
      CI_REGISTRY_IMAGE: image,
      CI_REGISTRY_USER: account.username,
      CI_REGISTRY_PASSWORD: account.password,
    });
    const { pipeline, traces } = ended;
    assert.equal(pipeline.state, 'success', allLogs(ended));
    const { sha, id } = pipeline;
    const build = pipeline.jobs.find(({ name }) => name === 'build')?.id;
    const labels = JSON.parse(/^\{.*\}$/m.exec(traces.get('push') ?? '')?.[0] ?? '{}') as Record<string, string>;
    assert.equal(labels['org.opencontainers.image.revision'], sha);
    assert.equal(labels['com.example.pipeline'], String(id));
    assert.match(labels['org.opencontainers.image.source'] ?? '', /^http:\/\/[\w.:]+\/local\/project$/);
    assert.match(labels['com.example.build'] ?? '', new RegExp(`/local/project/-/jobs/${String(build)}$`));
    const pushed = (await registry.requests()).filter(
      ({ method, path }) => method === 'PUT' && path.includes('/manifests/'),
    );
    assert.deepEqual(
      pushed.map(({ path }) => path),
      [`/v2/group/app/manifests/${sha.slice(0, 8)}-${String(id)}`],
    );
    assert.equal(await docker('images', '--quiet', '--filter', `label=org.opencontainers.image.revision=${sha}`), '');
    assert.doesNotMatch(allLogs(ended), OUR_WARNING);
  });
});

describe('docker-builds.md: Docker in Docker', { skip: needsDockerImage() }, () => {
  const undo = new AsyncDisposableStack();
  let place: Place;
  before(async () => {
    place = await openPlace(undo, block('toml', 1));
  });
  after(() => undo.disposeAsync());

  const withBase = (text: string): string =>
    text.replace('default:\n', 'default:\n  before_script: [docker load --input base.tar]\n');

  test('a job builds and runs an image with TLS, twice in a row on the same volumes', async () => {
    for (const round of ['fetch', 'clone']) {
      const ended = await run(place, withBase(block('yaml', 1)), { GIT_STRATEGY: round });
      const trace = allLogs(ended);
      assert.equal(ended.pipeline.state, 'success', `round ${round}:\n${trace}`);
      assert.match(trace, /^hello from version [0-9a-f]{8}$/m);
      assert.match(trace, /^inside$/m);
      assert.doesNotMatch(trace, OUR_WARNING);
    }
  });
});
