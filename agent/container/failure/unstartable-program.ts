import { JobFailure } from '../../common/errors/job-failure.ts';

/** What the engine's runtime prints into the container's output when the kernel refuses the first program. */
const REFUSAL = /^exec (\S+): (exec format error|no such file or directory)\s*$/m;

/** The engine's remark at create about an image that is not made for its host. */
const PLATFORM = /\((\w+\/[\w/]+)\) does not match the detected host platform \(([\w/]+)\)/;

/**
 * The failure of a container whose first program the kernel refused after the engine had called it started; undefined
 * when that is not what `output` says. `remarks`: the engine's warnings when it created the container.
 */
export function unstartableProgram(output: string, image: string, remarks: readonly string[]): JobFailure | undefined {
  const [, program, error] = REFUSAL.exec(output) ?? [];
  if (error === undefined) return undefined;
  if (error === 'exec format error') return new JobFailure('runner_system_failure', wrongArchitecture(image, remarks));
  const sentence = `"${program}" of image "${image}" cannot be run: the interpreter or the loader that it names is not in the image`;
  return new JobFailure('runner_system_failure', sentence);
}

/** One sentence for a program that the host's processor does not understand. */
export function wrongArchitecture(image: string, remarks: readonly string[]): string {
  const [, its, hosts] = remarks.map((remark) => PLATFORM.exec(remark)).find((match) => match !== null) ?? [];
  const made = its === undefined ? 'another processor architecture than this host' : `${its}, this host is ${hosts}`;
  return `image "${image}" is made for ${made} (exec format error)`;
}
