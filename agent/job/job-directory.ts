import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The files of one job in the state directory, for its own user only; removed once its result was taken. */
export class JobDirectory implements Disposable {
  readonly path: string;

  constructor(stateDir: string, jobId: number) {
    this.path = join(stateDir, 'jobs', String(jobId));
    rmSync(this.path, { recursive: true, force: true });
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
  }

  get trace(): string {
    return join(this.path, 'trace.log');
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
