import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { advertise } from './advertise.ts';
import { findBridgeAddress } from './find-bridge-address.ts';
import { defaultOptions, type CoordinatorOptions } from '../options.ts';
import { printProgress } from './print-progress.ts';
import { startServer, type CoordinatorServer } from '../server.ts';
import { startPipeline } from '../start-pipeline.ts';
import { UsageError } from './usage-error.ts';

/** The command line of `coordinator serve`, checked. */
export interface ServeOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly project?: string;
  readonly pipeline?: string;
  readonly ref?: string;
  readonly runnerToken?: string;
  readonly registrationToken?: string;
  readonly dataDir?: string;
  readonly once?: boolean;
  readonly advertiseUrl?: string;
  readonly longPoll: number;
  readonly traceInterval: number | 'watched';
  readonly adminFromAnywhere: boolean;
}

/** Serves until a signal comes, or with `once` until the pipeline is over. Resolves to the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  const wantsPipeline = options.once === true || options.pipeline !== undefined;
  if (wantsPipeline && options.project === undefined) throw new UsageError('a pipeline needs --project DIR');
  const dataDir =
    options.dataDir === undefined ? await mkdtemp(join(tmpdir(), 'coordinator-')) : resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  try {
    const stopped = stopSignal();
    await using server = await open(options, dataDir);
    if (options.project !== undefined) await server.state.projects.open(options.project);
    const over = wantsPipeline ? runPipeline(server, options) : undefined;
    if (options.once === true && over !== undefined) return await Promise.race([over, stopped.then(() => 1)]);
    return await Promise.race([stopped, over?.then(() => stopped) ?? stopped]);
  } finally {
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}

async function open(options: ServeOptions, dataDir: string): Promise<CoordinatorServer> {
  const { host, port } = options.listen;
  const reached = advertise(host, await findBridgeAddress());
  const alsoOn = options.advertiseUrl === undefined ? reached.alsoOn : [];
  const server = await startServer({ host, port, alsoOn }, (actual) => ({
    ...defaultOptions,
    ...coordinatorOptions(options),
    dataDir,
    advertiseUrl: (options.advertiseUrl ?? `http://${reached.host}:${actual}`).replace(/\/+$/, ''),
  }));
  const given = options.runnerToken ?? process.env['RUNNER_TOKEN'];
  const runner = server.state.runners.add({ description: 'local', ...(given === undefined ? {} : { token: given }) });
  print(`coordinator listens on ${server.url}`);
  for (const address of alsoOn) print(`it listens on ${address}:${server.port} too, for containers`);
  print(`containers reach it at ${server.state.options.advertiseUrl}`);
  if (given === undefined) print(`runner token: ${runner.token}`);
  return server;
}

function coordinatorOptions(options: ServeOptions): Partial<CoordinatorOptions> {
  const { longPoll: longPollSeconds, traceInterval, adminFromAnywhere, registrationToken } = options;
  const optional = registrationToken === undefined ? {} : { registrationToken };
  return { longPollSeconds, traceInterval, adminFromAnywhere, ...optional };
}

/** Prints how the pipeline goes. Resolves to 0 when it succeeded, 1 otherwise; a pipeline that waits for a person is over here. */
async function runPipeline(server: CoordinatorServer, options: ServeOptions): Promise<number> {
  const { state } = server;
  const request = { projectDir: options.project ?? '.', pipelineFile: options.pipeline, ref: options.ref };
  const stopPrinting = printProgress(state.jobs, print);
  const record = await startPipeline(state, request);
  for (const warning of record.pipeline.warnings) print(`warning: ${warning}`);
  print(
    `pipeline ${record.id} of ${record.commit.ref} at ${record.commit.sha.slice(0, 8)}, ${record.pipeline.jobs.length} jobs`,
  );
  while (!record.isOver && record.state !== 'manual') await once(state.jobs.events, 'change');
  stopPrinting();
  print(`pipeline ${record.id}: ${record.state}${record.state === 'manual' ? ' (waits for a person)' : ''}`);
  return record.state === 'success' ? 0 : 1;
}

async function stopSignal(): Promise<number> {
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  return 0;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
