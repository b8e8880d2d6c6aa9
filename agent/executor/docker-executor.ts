import { raceAbort } from '../common/abort.ts';
import { shellQuote } from '../common/shell-quote.ts';
import type { BuildContainer, BuildScript, EarlierRun, ScriptOutcome } from '../container/build-container.ts';
import { containerOwner, ROOT } from '../container/container-owner.ts';
import { HelperContainer } from '../container/helper-container.ts';
import { inspectPatiently } from '../container/follow/inspect-patiently.ts';
import { jobNetwork } from '../container/network/job-network.ts';
import { JobObjects } from '../container/job-objects.ts';
import type { StartedService } from '../container/service/started-service.ts';
import { workspaceArchive } from '../container/workspace-archive.ts';
import type { OutputSink } from '../docker/frame-decoder.ts';
import { ImageResolver } from '../images/pull-image.ts';
import type { DockerExecutorOptions } from './docker-executor-options.ts';
import type { Executor } from './executor.ts';
import { adoptBuild, helperName, JobContainers } from './job-containers.ts';
import { needsHelper } from './needs-helper.ts';
import { ServiceGroup } from './service-group.ts';

/**
 * One job on a Docker Engine. Prepare is a graph: each node awaits only what it needs, so the waiting time is that of
 * the longest path. Invariant: a node that fails aborts the others, and `prepare` settles only after all of them have.
 */
export class DockerExecutor implements Executor {
  readonly #options: DockerExecutorOptions;
  readonly #objects: JobObjects;
  readonly #services: ServiceGroup;
  #helper: Promise<HelperContainer> | undefined;
  #build: Promise<BuildContainer> | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #adopted = false;

  constructor(options: DockerExecutorOptions) {
    this.#options = options;
    const { client, config, onObject } = options;
    this.#objects = new JobObjects(client, { onObject, keepVolumes: config.volume_keep });
    this.#services = new ServiceGroup(options, this.#objects);
    for (const volume of options.spec.volumes)
      if (volume.kind === 'managed' && !volume.reusable) this.#objects.volume(volume.name);
  }

  async prepare(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const nodes = this.#graph(AbortSignal.any([signal, failed.signal]));
    for (const node of nodes) node.catch((error: unknown) => failed.abort(error));
    this.#running = Promise.allSettled(nodes);
    await this.#running;
    signal.throwIfAborted();
    failed.signal.throwIfAborted();
  }

  async adopt(signal: AbortSignal): Promise<void> {
    const { client, spec } = this.#options;
    this.#adopted = true;
    await inspectPatiently(client, `${spec.namePrefix}-build`, signal).catch(() => undefined); // whoever finds nothing says it
    this.#build = adoptBuild(this.#options);
    await Promise.all([this.#build, this.#services.adopt()]);
  }

  async runHelper(script: string, output: OutputSink, signal: AbortSignal): Promise<number> {
    if (this.#adopted) this.#helper ??= HelperContainer.reopen(this.#options.client, helperName(this.#options.spec));
    if (this.#helper === undefined) throw new Error('this job has no helper container');
    const helper = await raceAbort(this.#helper, signal);
    return await raceAbort(helper.run(script, output), signal);
  }

  async handOver(signal: AbortSignal): Promise<void> {
    const { client, spec } = this.#options;
    await raceAbort(this.#prepared(), signal);
    const owner = await containerOwner(client, `${spec.namePrefix}-build`);
    if (owner === ROOT) return;
    const command = owner === undefined ? 'chmod -R a+rwX' : `chown -R ${owner}`;
    const { project, temporary } = spec.directories;
    const script = `${command} ${shellQuote(project)} ${shellQuote(temporary)}`;
    await this.runHelper(script, { write: () => {} }, signal);
  }

  async runBuild(script: BuildScript, output: OutputSink, signal: AbortSignal): Promise<ScriptOutcome> {
    const build = await this.#prepared();
    return await this.#services.guard(signal, (until) => build.run(script, output, until));
  }

  async followBuild(run: EarlierRun, output: OutputSink, signal: AbortSignal): Promise<ScriptOutcome | 'not-run'> {
    const build = await this.#prepared();
    const notRun = { exitCode: 0, outcome: 'not-run' as const };
    const { outcome } = await this.#services.guard(signal, async (until) => {
      const followed = await build.follow(run, output, until);
      return followed === 'not-run' ? notRun : { exitCode: followed.exitCode, outcome: followed };
    });
    return outcome;
  }

  #prepared(): Promise<BuildContainer> {
    if (this.#build === undefined) throw new Error('the build container is not prepared');
    return this.#build;
  }

  async cleanup(): Promise<Error[]> {
    this.#services.forget();
    await this.#running;
    await this.#helper?.then(
      (helper) => helper.close(),
      () => {},
    );
    return await this.#objects.removeAll();
  }

  #graph(signal: AbortSignal): Promise<unknown>[] {
    const { client, config, spec, access, log, times } = this.#options;
    const images = new ImageResolver({ docker: client, access, log, signal });
    const made = jobNetwork(client, this.#objects, spec, config);
    const network = made.then(({ name }) => name);
    const archive = workspaceArchive(spec);
    const services = this.#services.start(images, made, signal);
    const gates = this.#gates(services, signal);
    const containers = new JobContainers(this.#options, this.#objects, { images, network, archive, services });
    const helper = needsHelper(spec) ? containers.startHelper(signal) : undefined;
    this.#helper = helper;
    this.#build = containers.createBuild(helper === undefined, signal);
    if (spec.services.length > 0) void times.track('services', gates);
    return [network, archive, services, gates, this.#build, ...(helper === undefined ? [] : [helper])];
  }

  async #gates(services: Promise<readonly StartedService[]>, signal: AbortSignal): Promise<void> {
    await this.#services.waitUntilReady(await services, signal);
  }
}
