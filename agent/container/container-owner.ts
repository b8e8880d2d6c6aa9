import { text } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import type { DockerClient } from '../docker/docker-client.ts';

export const ROOT = '0:0';

/** Images are the job's: one may bring a list of users of any size. */
const MAX_LIST_BYTES = 1 << 20;
const NUMBER = /^\d+$/;

/**
 * The user of a container that need not have started, as `uid:gid`; undefined when the container does not tell.
 * Names are looked up in the container's own /etc/passwd and /etc/group.
 */
export async function containerOwner(docker: DockerClient, id: string): Promise<string | undefined> {
  const [user = '', group] = (await docker.inspectContainer(id)).user.split(':');
  if (['', '0', 'root'].includes(user)) return ROOT;
  const [uid = NUMBER.test(user) ? user : undefined, ownGroup = '0'] = await numbers(docker, id, '/etc/passwd', user);
  const gid = group === undefined ? ownGroup : await groupId(docker, id, group);
  return uid === undefined || gid === undefined ? undefined : `${uid}:${gid}`;
}

async function groupId(docker: DockerClient, id: string, group: string): Promise<string | undefined> {
  return NUMBER.test(group) ? group : (await numbers(docker, id, '/etc/group', group))[0];
}

/** The numbers in the line of that name or number: user and group, or group. An image may hold anything. */
async function numbers(docker: DockerClient, id: string, list: string, name: string): Promise<string[]> {
  const lines = (await fileText(docker, id, list)).split('\n').map((line) => line.trim().split(':'));
  const found = lines.find(([own, , number]) => own === name || number === name) ?? [];
  return found.slice(2, 4).filter((field) => NUMBER.test(field));
}

async function fileText(docker: DockerClient, id: string, path: string): Promise<string> {
  try {
    const archive = extract();
    archive.end(await docker.getArchive(id, path, MAX_LIST_BYTES));
    for await (const file of archive) return await text(file);
  } catch {
    // No such file, or one that cannot be read: the names in it are unknown.
  }
  return '';
}
