import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBridgeAddress } from '../../coordinator-mock/command/find-bridge-address.ts';
import { defaultOptions } from '../../coordinator-mock/options.ts';
import { startServer, type CoordinatorServer } from '../../coordinator-mock/server.ts';
import { CoordinatorLine } from './coordinator-line.ts';
import { EngineLine } from './engine-line.ts';
import { EngineObjects } from './engine-objects.ts';

/** What all runs of a campaign share. */
export interface CampaignPlace {
  /** The engine's unix socket. */
  readonly socket: string;
  /** Folder for everything that runs leave. */
  readonly folder: string;
  /** Git work tree that jobs get sources from. */
  readonly project: string;
  /** The engine goes away at times: agents have its own socket, so that they notice as they would anywhere. */
  readonly direct?: boolean;
}

/** Coordinator, lines, folders and identity of one run. */
export interface RunPlace {
  readonly folder: string;
  readonly stateDir: string;
  readonly effects: string;
  readonly config: string;
  readonly logFile: string;
  readonly coordinator: CoordinatorServer;
  readonly line: CoordinatorLine;
  readonly engine: EngineLine;
  readonly objects: EngineObjects;
}

/** Sets up the place of one run; what it made is undone with the stack, but for its folder. */
export async function openRunPlace(
  shared: CampaignPlace,
  name: string,
  sources: boolean,
  undo: AsyncDisposableStack,
): Promise<RunPlace> {
  const folder = join(shared.folder, name);
  const inFolder = (part: string): string => join(folder, part);
  for (const part of ['state', 'effects', 'agent', 'coordinator']) {
    await mkdir(inFolder(part), { recursive: true, mode: 0o700 });
  }
  const bridge = await findBridgeAddress();
  const coordinator = await startServer(
    { host: '127.0.0.1', port: 0, alsoOn: bridge === undefined ? [] : [bridge] },
    (port) => ({
      ...defaultOptions,
      longPollSeconds: 20,
      dataDir: inFolder('coordinator'),
      advertiseUrl: `http://${bridge ?? '127.0.0.1'}:${String(port)}`,
    }),
  );
  undo.use(coordinator);
  // Names on the engine have a part of the token in them: no two runs may have one.
  const token = `glrt-${randomBytes(10).toString('hex')}`;
  coordinator.state.runners.add({ token });
  if (sources) await coordinator.state.projects.open(shared.project);
  const line = undo.use(await CoordinatorLine.open(coordinator.port));
  const engine = undo.use(await EngineLine.open(inFolder('engine.sock'), shared.socket));
  const systemId = `r_${randomBytes(6).toString('hex')}`;
  const objects = new EngineObjects(shared.socket, systemId);
  undo.defer(() => objects.removeAll());
  await writeFile(inFolder('agent/.runner_system_id'), systemId, { mode: 0o600 });
  const config = inFolder('agent/config.toml');
  const socket = shared.direct === true ? shared.socket : engine.path;
  const text = configText({ url: line.url, token, socket, effects: inFolder('effects') });
  await writeFile(config, text, { mode: 0o600 });
  const paths = { folder, stateDir: inFolder('state'), effects: inFolder('effects'), config };
  return { ...paths, logFile: inFolder('agent.log'), coordinator, line, engine, objects };
}

export const removeRunFolder = (shared: CampaignPlace, name: string): Promise<void> =>
  rm(join(shared.folder, name), { recursive: true, force: true });

/** Retries of the final state are without limit: the campaign wants to see the result, however bad the line was. */
const configText = ({
  url,
  token,
  socket,
  effects,
}: Record<'url' | 'token' | 'socket' | 'effects', string>): string => `concurrent = 8
check_interval = 1

[[runners]]
  name = "faults"
  url = "${url}"
  token = "${token}"
  executor = "docker"
  request_concurrency = 8
  unhealthy_requests_limit = 100
  output_limit = 65536
  [runners.docker]
    host = "unix://${socket}"
    image = "busybox:latest"
    helper_image = "gitbase:latest"
    pull_policy = "if-not-present"
    volumes = ["/cache", "${effects}:/effects"]
`;
