import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pack } from 'tar-stream';
import { docker, engineSocket } from './engine.ts';
import { removeImage } from './remove-image.ts';
import { randomName } from './engine-job.ts';

/** An image of one test; disposing it removes it. */
export interface TestImage extends AsyncDisposable {
  readonly name: string;
}

const image = (name: string): TestImage => ({
  name,
  [Symbol.asyncDispose]: () => removeImage(name),
});

/** `base` with lines of a Dockerfile that change no files, such as `USER 1234` or `ENTRYPOINT ["x"]`. */
export async function changedImage(base: string, ...changes: string[]): Promise<TestImage> {
  const name = `${randomName('image')}:1`;
  const id = await docker('create', base);
  try {
    await docker('commit', ...changes.flatMap((change) => ['--change', change]), id, name);
  } finally {
    await docker('rm', id);
  }
  return image(name);
}

/** An image with one empty file: nothing in it can be run. */
export const emptyImage = (): Promise<TestImage> => imageOf({ empty: '' });

/** An image of executable files, path to content; `platform`: what it says that it is made for. */
export async function imageOf(files: Readonly<Record<string, Buffer | string>>, platform?: string): Promise<TestImage> {
  const name = `${randomName('made')}:1`;
  const archive = pack();
  for (const [path, content] of Object.entries(files)) archive.entry({ name: path, mode: 0o755 }, content);
  archive.finalize();
  const options = platform === undefined ? [] : ['--platform', platform];
  const child = spawn('docker', ['--host', `unix://${engineSocket()}`, 'import', ...options, '-', name], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  archive.pipe(child.stdin);
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`docker import failed with exit code ${code}`);
  return image(name);
}
