import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CACHE_DIR } from '../engine/engine-paths.ts';
import { writeBusyboxRoot } from './busybox-root.ts';
import { writeDebianRoot } from './debian-root.ts';
import { writeDockerRoot } from './docker-root.ts';
import { type ImageRecipe, recipeStamp } from './image-recipe.ts';

/** Debian packages that `ensureImageArchive` works with. */
export const ARCHIVE_PACKAGES = ['busybox-static', 'mmdebstrap'];

/** Path of the image's root file system as a tar archive; made when missing, then kept. Throws `SetupError`. */
export async function ensureImageArchive(name: string, recipe: ImageRecipe): Promise<string> {
  const folder = join(CACHE_DIR, 'images');
  const archive = join(folder, `${name.replace(':', '-')}-${recipeStamp(recipe)}.tar`);
  if (await exists(archive)) return archive;
  await mkdir(folder, { recursive: true });
  const partial = `${archive}.partial-${String(process.pid)}`;
  try {
    await writeRoot(partial, recipe);
    await rename(partial, archive);
  } finally {
    await rm(partial, { force: true });
  }
  return archive;
}

async function writeRoot(archive: string, { content }: ImageRecipe): Promise<void> {
  if (content === 'busybox') return writeBusyboxRoot(archive);
  if ('dockerEntrypoint' in content) return writeDockerRoot(archive, content.dockerEntrypoint);
  return writeDebianRoot(archive, content);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
