import type { DockerClient } from '../docker/docker-client.ts';

/**
 * Asks every process of the container but its first to end, children before parents, and waits a little for each:
 * traps of the script run, and a shell that waits for a child goes on only when the child is gone.
 */
const SWEEP = `
self=$$
is_over() {
  kill -0 "$1" 2>/dev/null || return 0
  read -r stat 2>/dev/null < "/proc/$1/stat" || return 0
  case "\${stat##*) }" in Z*) return 0 ;; esac
  return 1
}
for dir in $(ls -rvd /proc/[0-9]* 2>/dev/null || ls -d /proc/[0-9]*); do
  pid=\${dir#/proc/}
  [ "$pid" -eq 1 ] || [ "$pid" -eq "$self" ] || [ "$pid" -eq "$PPID" ] && continue
  kill -TERM "$pid" 2>/dev/null || continue
  i=0
  while [ $i -lt 120 ] && ! is_over "$pid"; do
    sleep 0.05 2>/dev/null || { sleep 1; i=$((i+19)); }
    i=$((i+1))
  done
done
`;

/** How gently a container is ended. */
export interface StopManner {
  /** Ask its processes one by one before the container itself. */
  readonly sweep: boolean;
  /** Most that processes may take to end, in milliseconds. */
  readonly graceMs: number;
}

/** Ends what runs in the container: TERM to its processes, then TERM and in the end KILL to the first. "Gone already" is success. */
export async function stopContainer(docker: DockerClient, id: string, manner: StopManner): Promise<void> {
  if (manner.sweep) await sweepProcesses(docker, id, manner.graceMs);
  await docker.stopContainer(id, manner.sweep ? 1 : Math.ceil(manner.graceMs / 1000));
}

async function sweepProcesses(docker: DockerClient, id: string, graceMs: number): Promise<void> {
  try {
    await docker.runExec(id, ['sh', '-c', SWEEP], AbortSignal.timeout(graceMs));
  } catch {
    // No shell in the image, or the container ended meanwhile: stopping it does the rest.
  }
}
