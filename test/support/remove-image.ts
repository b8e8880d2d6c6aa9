import { docker } from './engine.ts';
import { waitFor } from './wait-for.ts';

/** Removes images. A job's containers go after its result, in the background: an image that one still uses is tried again. */
export async function removeImage(...images: readonly string[]): Promise<void> {
  await waitFor(
    async () => {
      try {
        await docker('image', 'rm', '--force', ...images);
        return true;
      } catch (error) {
        if (/No such image/.test(String(error))) return true;
        if (/is being used by|is using its referenced image/.test(String(error))) return false;
        throw error;
      }
    },
    `removal of ${images.join(', ')}`,
  );
}
