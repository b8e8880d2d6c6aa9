import { runCommand } from '../common/run-command.ts';
import { SetupError } from '../common/setup-error.ts';
import { ensureImageArchive } from './image-archive.ts';
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
  const usePublic = source.preferPublic === true && (await registryAnswers());
  return Promise.all(names.map((name) => ensureImage(name, source.socket, usePublic)));
}

async function ensureImage(name: string, socket: string, usePublic: boolean): Promise<PreparedImage> {
  const recipe = IMAGE_RECIPES[name];
  if (recipe === undefined) throw new SetupError(`no recipe for an image named ${name}`);
  if (await isUsable(name, recipe, socket)) return { name, origin: 'present' };
  if (usePublic && (await pull(name, recipe, socket))) return { name, origin: 'public' };
  const archive = await ensureImageArchive(name, recipe);
  const changes = [...recipe.changes, `LABEL ${IMAGE_LABEL}=${recipeStamp(recipe)}`].flatMap((line) => ['-c', line]);
  await docker(socket, ['import', ...changes, archive, name]);
  return { name, origin: 'local' };
}

/** An image of others is used as it is; one of ours only when it was made by today's recipe. */
async function isUsable(name: string, recipe: ImageRecipe, socket: string): Promise<boolean> {
  const format = `{{with .Config.Labels}}{{index . "${IMAGE_LABEL}"}}{{end}}`;
  try {
    const stamp = (await docker(socket, ['image', 'inspect', '--format', format, name])).trim();
    return stamp === '' || stamp === recipeStamp(recipe);
  } catch {
    return false;
  }
}

async function pull(name: string, recipe: ImageRecipe, socket: string): Promise<boolean> {
  try {
    await docker(socket, ['pull', '--quiet', recipe.publicImage]);
    if (recipe.publicImage !== name) await docker(socket, ['tag', recipe.publicImage, name]);
    return true;
  } catch {
    return false;
  }
}

async function docker(socket: string, args: readonly string[]): Promise<string> {
  return runCommand('docker', ['--host', `unix://${socket}`, ...args], { timeout: 180_000 });
}
