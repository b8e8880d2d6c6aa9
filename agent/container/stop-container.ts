import type { DockerClient } from '../docker/docker-client.ts';

/** Longest wait for processes that were asked to end, in seconds. */
const GRACE_SECONDS = 10;

/**
 * Asks every process of the container but its first to end, children before parents, and waits a little for each:
 * traps of the script run, and a shell that waits for a child goes on only when the child is gone.
 */
const SWEEP = `
self=$$
for dir in $(ls -rvd /proc/[0-9]* 2>/dev/null || ls -d /proc/[0-9]*); do
  pid=\${dir#/proc/}
  [ "$pid" -eq 1 ] || [ "$pid" -eq "$self" ] || [ "$pid" -eq "$PPID" ] && continue
  kill -TERM "$pid" 2>/dev/null || continue
  i=0
  while [ $i -lt 60 ] && kill -0 "$pid" 2>/dev/null; do
    grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null && break
    sleep 0.1 2>/dev/null || { sleep 1; i=$((i+9)); }
    i=$((i+1))
  done
done
`;

/** Ends what runs in the container: TERM to its processes, TERM and after the grace time KILL to the first. "Gone already" is success. */
export async function stopContainer(docker: DockerClient, id: string, sweep: boolean): Promise<void> {
  if (sweep) await sweepProcesses(docker, id);
  await docker.stopContainer(id, sweep ? 1 : GRACE_SECONDS);
}

async function sweepProcesses(docker: DockerClient, id: string): Promise<void> {
  try {
    await docker.runExec(id, ['sh', '-c', SWEEP], AbortSignal.timeout(GRACE_SECONDS * 1000));
  } catch {
    // No shell in the image, or the container ended meanwhile: stopping it does the rest.
  }
}
