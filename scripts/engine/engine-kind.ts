import { SetupError } from '../common/setup-error.ts';

/** `distro`: the engine of this machine's Debian release. `current`: the one of Debian unstable, in a root of its own. */
export type EngineKind = 'distro' | 'current';

export const ENGINE_KINDS: readonly EngineKind[] = ['distro', 'current'];

/** Throws `SetupError` for any other word. */
export function parseEngineKind(word: string): EngineKind {
  const kind = ENGINE_KINDS.find((known) => known === word);
  if (kind === undefined) throw new SetupError(`"${word}" is no engine: say ${ENGINE_KINDS.join(' or ')}`);
  return kind;
}
