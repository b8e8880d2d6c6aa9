const REGISTRY = 'https://registry-1.docker.io/v2/';
const PATIENCE = 3000;

/** Whether the public registry can be reached from here, known after 3 seconds at the latest. */
export async function registryAnswers(): Promise<boolean> {
  try {
    const response = await fetch(REGISTRY, { signal: AbortSignal.timeout(PATIENCE) });
    await response.body?.cancel();
    return response.status === 401 || response.ok;
  } catch {
    return false;
  }
}
