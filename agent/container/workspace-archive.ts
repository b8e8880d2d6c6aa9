import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { JobSpec, VolumeSpec } from '../spec/job-spec.ts';

/** Everybody in the job's containers may write: images run as any user. */
const DIRECTORY_MODE = 0o777;
const FILE_MODE = 0o666;

/** A tar archive for `/`: the project's directories, open volumes of the agent's own, and the job's files. */
export async function workspaceArchive(spec: JobSpec): Promise<Buffer> {
  const archive = pack();
  for (const path of directories(spec))
    archive.entry({ name: entryName(path), type: 'directory', mode: DIRECTORY_MODE });
  for (const file of spec.files) archive.entry({ name: entryName(file.path), mode: FILE_MODE }, file.content);
  archive.finalize();
  return await buffer(archive);
}

const isOurs = (volume: VolumeSpec): boolean => volume.kind === 'managed' || volume.open === true;

function directories(spec: JobSpec): string[] {
  const { builds, project, temporary } = spec.directories;
  const bound = spec.volumes.filter((volume) => !isOurs(volume)).map((volume) => volume.destination);
  const managed = spec.volumes.filter(isOurs).map((volume) => volume.destination);
  const below = between(builds, project);
  return [...new Set([builds, ...managed, ...below, temporary])].filter((path) => !bound.includes(path));
}

/** Every directory below `base` on the way to `path`, `path` included. */
function between(base: string, path: string): string[] {
  const prefix = base.endsWith('/') ? base : `${base}/`;
  if (!path.startsWith(prefix)) return [path];
  const names = path.slice(prefix.length).split('/');
  return names.map((_, index) => prefix + names.slice(0, index + 1).join('/'));
}

const entryName = (path: string): string => path.replace(/^\/+/, '');
