import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { docker } from '../engine.ts';
import { removeImage } from '../remove-image.ts';
import { tempDir } from '../temp-dir.ts';
import { type Account, authConfig } from './accounts.ts';

/** An image at a registry that is not on the engine; disposing it removes what pulls have brought. */
export interface RegistryImage extends AsyncDisposable {
  /** `127.0.0.1:34567/project-ab12cd34:1` */
  readonly name: string;
  /** `project-ab12cd34` */
  readonly repository: string;
  /** `sha256:...` of its manifest at the registry. */
  readonly digest: string;
  /** Its name at another host, e.g. a proxy before the registry. */
  at(host: string): string;
}

export interface PushOrder {
  /** Host and port of the registry. */
  readonly host: string;
  readonly account?: Account;
  /** First part of the repository's name; the rest makes it unique. */
  readonly prefix?: string;
  readonly platform?: string;
}

/** Pushes a small image that nobody else has: busybox with a label of its own, and so many bytes in a second layer. */
export async function pushImage(order: PushOrder, layerBytes = 0): Promise<RegistryImage> {
  const repository = `${order.prefix ?? 'project'}-${randomBytes(4).toString('hex')}`;
  const name = `${order.host}/${repository}:1`;
  await buildImage(name, layerBytes);
  try {
    const digest = await push(name, order);
    return image(order.host, repository, digest);
  } finally {
    await removeImages(repository);
  }
}

/** Pushes a changed image under the name of one that is there. Gives its digest. */
export async function pushAgain({ name, repository }: RegistryImage, order: PushOrder): Promise<string> {
  await buildImage(name, 0);
  try {
    return await push(name, order);
  } finally {
    await removeImages(repository);
  }
}

/** Runs the docker client with a config folder of its own that knows the accounts. */
export async function dockerAs(
  accounts: Readonly<Record<string, Account>>,
  ...args: readonly string[]
): Promise<string> {
  await using folder = await tempDir();
  await writeFile(folder.file('config.json'), authConfig(accounts), { mode: 0o600 });
  return await docker('--config', folder.path, ...args);
}

async function buildImage(name: string, layerBytes: number): Promise<void> {
  const container = await docker('create', 'busybox:latest');
  try {
    if (layerBytes > 0) await copyIn(container, randomBytes(layerBytes));
    await docker('commit', '--change', `LABEL test=${randomBytes(6).toString('hex')}`, container, name);
  } finally {
    await docker('rm', container);
  }
}

async function copyIn(container: string, content: Buffer): Promise<void> {
  await using folder = await tempDir();
  await writeFile(folder.file('content'), content);
  await docker('cp', '--quiet', folder.file('content'), `${container}:/content`);
}

async function push(name: string, { host, account }: PushOrder): Promise<string> {
  const output = await dockerAs(account === undefined ? {} : { [host]: account }, 'push', name);
  return /digest: (sha256:[0-9a-f]{64})/.exec(output)?.[1] ?? '';
}

function image(host: string, repository: string, digest: string): RegistryImage {
  return {
    name: `${host}/${repository}:1`,
    repository,
    digest,
    at: (other) => `${other}/${repository}:1`,
    [Symbol.asyncDispose]: () => removeImages(repository),
  };
}

/** Removes every local image of the repository, under whatever host, tag or digest it was pulled. */
export async function removeImages(repository: string): Promise<void> {
  const format = '{{.Repository}} {{.ID}}';
  const lines = (await docker('images', '--all', '--no-trunc', '--format', format)).split('\n');
  const ids = lines.filter((line) => line.split(' ')[0]?.endsWith(`/${repository}`)).map((line) => line.split(' ')[1]);
  const unique = [...new Set(ids)].filter((id) => id !== undefined);
  if (unique.length > 0) await removeImage(...unique);
}
