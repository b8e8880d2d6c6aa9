/** What is wrong with a service. */
export interface ServiceTrouble {
  /** For the block in the trace: `its container ended with exit code 7`. */
  readonly cause: string;
  /** For a sentence that begins with the service: `ended with exit code 7`. */
  readonly verdict: string;
  /** Before the job's scripts began, or later. */
  readonly when: 'start' | 'run';
}

/** How the container of a service ended. */
export interface ServiceEnd {
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

export function endTrouble({ exitCode, oomKilled }: ServiceEnd, when: ServiceTrouble['when']): ServiceTrouble {
  const verdict = `ended with exit code ${exitCode}${oomKilled ? ' because it ran out of memory (service_memory)' : ''}`;
  return { cause: `its container ${verdict}`, verdict, when };
}

export const notReady = (missing: string): ServiceTrouble => ({
  cause: missing,
  verdict: `was not ready (${missing})`,
  when: 'start',
});
