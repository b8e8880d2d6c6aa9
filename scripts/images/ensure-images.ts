import { runCommand } from '../common/run-command.ts';
import { SetupError } from '../common/setup-error.ts';
import { ensurePackages } from '../engine/debian-packages.ts';
import { ARCHIVE_PACKAGES, ensureImageArchive } from './image-archive.ts';
import { IMAGE_LABEL, IMAGE_RECIPES, type ImageRecipe, recipeStamp } from './image-recipe.ts';
import { registryAnswers } from './registry-answers.ts';

/** Where the engine has an image from: it was there, was made here, or came from a public registry. */
export interface PreparedImage {
  readonly name: string;
  readonly origin: 'present' | 'local' | 'public';
}

export interface ImageSource {
  /** The engine's unix socket. */
  readonly socket: string;
  /** Take public images where a registry answers; the ones made here are the fallback. */
  readonly preferPublic?: boolean;
}

/** Sees to it that the engine has the images, all at once. Names are keys of `IMAGE_RECIPES`. Throws `SetupError`. */
export async function ensureImages(names: readonly string[], source: ImageSource): Promise<PreparedImage[]> {
  const usable = await Promise.all(names.map((name) => isUsable(name, source.socket)));
  const missing = names.filter((_, index) => usable[index] === false);
  const origins = new Map(missing.length === 0 ? [] : await provide(missing, source));
  return names.map((name) => ({ name, origin: origins.get(name) ?? 'present' }));
}

type Provided = [name: string, origin: 'local' | 'public'];

async function provide(names: readonly string[], { socket, preferPublic }: ImageSource): Promise<Provided[]> {
  if (preferPublic === true && (await registryAnswers())) {
    return Promise.all(names.map(async (name) => ((await pull(name, socket)) ? [name, 'public'] : make(name, socket))));
  }
  await ensurePackages(ARCHIVE_PACKAGES);
  return Promise.all(names.map((name) => make(name, socket)));
}

async function make(name: string, socket: string): Promise<Provided> {
  const recipe = recipeOf(name);
  const archive = await ensureImageArchive(name, recipe);
  const changes = [...recipe.changes, `LABEL ${IMAGE_LABEL}=${recipeStamp(recipe)}`].flatMap((line) => ['-c', line]);
  await docker(socket, ['import', ...changes, archive, name]);
  return [name, 'local'];
}

function recipeOf(name: string): ImageRecipe {
  const recipe = IMAGE_RECIPES[name];
  if (recipe === undefined) throw new SetupError(`no recipe for an image named ${name}`);
  return recipe;
}

/** An image of others is used as it is; one of ours only when it was made by today's recipe. */
async function isUsable(name: string, socket: string): Promise<boolean> {
  const expected = recipeStamp(recipeOf(name));
  const format = `{{with .Config.Labels}}{{index . "${IMAGE_LABEL}"}}{{end}}`;
  try {
    const stamp = (await docker(socket, ['image', 'inspect', '--format', format, name])).trim();
    return stamp === '' || stamp === expected;
  } catch {
    return false;
  }
}

async function pull(name: string, socket: string): Promise<boolean> {
  const { publicImage } = recipeOf(name);
  try {
    await docker(socket, ['pull', '--quiet', publicImage]);
    if (publicImage !== name) await docker(socket, ['tag', publicImage, name]);
    return true;
  } catch {
    return false;
  }
}

async function docker(socket: string, args: readonly string[]): Promise<string> {
  return runCommand('docker', ['--host', `unix://${socket}`, ...args], { timeout: 180_000 });
}
