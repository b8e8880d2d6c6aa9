import { createInterface } from 'node:readline';
import type { PullProgress } from './docker-client.ts';
import { DockerError } from './docker-error.ts';

interface ProgressLine {
  id?: string;
  status?: string;
  progressDetail?: { current?: number; total?: number };
  error?: string;
  errorDetail?: { message?: string; code?: number };
}

/**
 * Reads the engine's progress stream to its end.
 * @throws {DockerError} for an error line: the engine answers 200 before it knows whether the pull works
 */
export async function followPull(
  stream: NodeJS.ReadableStream,
  onProgress: (progress: PullProgress) => void,
): Promise<void> {
  for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
    const line = parseLine(text);
    if (line === undefined) continue;
    if (line.error !== undefined || line.errorDetail !== undefined)
      throw new DockerError(line.errorDetail?.message ?? line.error ?? 'pull failed', line.errorDetail?.code ?? 500);
    onProgress({
      ...(line.id === undefined ? {} : { id: line.id }),
      ...(line.status === undefined ? {} : { status: line.status }),
      ...(line.progressDetail?.current === undefined ? {} : { current: line.progressDetail.current }),
      ...(line.progressDetail?.total === undefined ? {} : { total: line.progressDetail.total }),
    });
  }
}

function parseLine(text: string): ProgressLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
