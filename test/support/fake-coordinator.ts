import type { Coordinator } from '../../agent/coordinator/coordinator.ts';

/** A coordinator in memory: what a test does not give fails loudly when it is called. `calls` has the names in order. */
export function fakeCoordinator(parts: Partial<Coordinator>): Coordinator & { readonly calls: string[] } {
  const calls: string[] = [];
  const part = <Name extends keyof Coordinator>(name: Name): Coordinator[Name] => {
    const given = parts[name];
    if (typeof given !== 'function') throw new Error(`the test does not say what ${name} does`);
    calls.push(name);
    return given as Coordinator[Name];
  };
  return {
    url: 'http://coordinator.test',
    calls,
    register: (...args) => part('register')(...args),
    verify: (...args) => part('verify')(...args),
    unregisterRunner: (...args) => part('unregisterRunner')(...args),
    unregisterManager: (...args) => part('unregisterManager')(...args),
    resetToken: (...args) => part('resetToken')(...args),
    requestJob: (...args) => part('requestJob')(...args),
    updateJob: (...args) => part('updateJob')(...args),
    patchTrace: (...args) => part('patchTrace')(...args),
  };
}
