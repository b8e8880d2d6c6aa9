import { explain, isSetupError } from '../common/setup-error.ts';
import { probeEngine } from '../engine/probe-engine.ts';
import { ensureImages, type PreparedImage } from '../images/ensure-images.ts';
import { DOCKER_IMAGE, IMAGE_RECIPES } from '../images/image-recipe.ts';

/** Older ones cannot run privileged containers on today's kernels. */
const PRIVILEGED_SINCE = 23;
const NEEDS_DOCKER_IMAGE = /\/docker-builds/;

/** The images that the files need, and what people should know about those that cannot be had. */
export interface TestImages {
  readonly images: readonly PreparedImage[];
  readonly notices: readonly string[];
}

/** Sees to it that the engine has the images of the tests; that of Docker in Docker only for the tests that use it. */
export async function prepareTestImages(files: readonly string[], socket: string): Promise<TestImages> {
  const always = Object.keys(IMAGE_RECIPES).filter((name) => name !== DOCKER_IMAGE);
  const images = await ensureImages(always, { socket });
  if (!files.some((file) => NEEDS_DOCKER_IMAGE.test(file))) return { images, notices: [] };
  const version = (await probeEngine(socket))?.version ?? '0';
  if (Number.parseInt(version, 10) < PRIVILEGED_SINCE)
    return { images, notices: [`tests of Docker in Docker were skipped: engine ${version} cannot run it here`] };
  try {
    return { images: [...images, ...(await ensureImages([DOCKER_IMAGE], { socket }))], notices: [] };
  } catch (error) {
    if (!isSetupError(error)) throw error;
    return { images, notices: [`tests of Docker in Docker were skipped: ${explain(error)}`] };
  }
}
