/** Calls `listener` once when the signal aborts, at once if it has. Disposing takes the listener away again. */
export function onAbort(signal: AbortSignal, listener: (reason: unknown) => void): Disposable {
  const call = (): void => listener(signal.reason);
  if (signal.aborted) call();
  else signal.addEventListener('abort', call, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', call) };
}

/** Settles as `promise` does, or rejects with the signal's reason if that aborts first. The work behind `promise` goes on. */
export async function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  using _ = onAbort(signal, reject);
  return await Promise.race([promise, aborted]);
}

/** Resolves, never rejects, once the signal has aborted. */
export async function whenAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _ = onAbort(signal, () => resolve());
  await promise;
}
