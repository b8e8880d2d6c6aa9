/** After this long a shell has long begun, unless the entrypoint keeps it back. Milliseconds. */
export const SILENCE_MS = 5000;

/** The line for the job's YAML that takes an entrypoint away. */
export const entrypointCure = (image: string): string =>
  `set  image: { name: "${image}", entrypoint: [""] }  to run the script`;

/** Calls back once when a container has neither started the script's shell nor printed anything within `SILENCE_MS`. Disposing ends the watch. */
export function watchSilence(isSilent: () => boolean, onSilence: () => void): Disposable {
  const timer = setTimeout(() => {
    if (isSilent()) onSilence();
  }, SILENCE_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** What is said about a container that is silent. The job goes on. */
export const silenceWarning = (image: string): string =>
  `the entrypoint of image "${image}" has not started the script's shell within ${SILENCE_MS / 1000} s and has printed nothing. ` +
  `If it does not start it at all, ${entrypointCure(image)}`;
