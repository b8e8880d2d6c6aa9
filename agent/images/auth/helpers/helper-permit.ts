import type { AuthSource } from '../auth-source.ts';
import { covers, keyPath } from '../keys/registry-path.ts';

/** `allowed_docker_credential_helpers`: registry (or `*`, or `*.domain`) -> names of helpers. */
export type AllowedHelpers = Readonly<Record<string, readonly string[]>>;

/** Which helpers of a source may be run for a registry: any of the operator's own, of a job what the runner permits. */
export function isPermitted(source: AuthSource, helper: string, path: string, allowed: AllowedHelpers): boolean {
  if (source.provenance === 'operator') return true;
  return Object.entries(allowed).some(([registry, helpers]) => helpers.includes(helper) && includes(registry, path));
}

/** A name that could lead out of the directories on PATH is no name. */
export const isHelperName = (name: string): boolean => name !== '' && !/[/\\\0]/.test(name);

function includes(registry: string, path: string): boolean {
  if (registry === '*') return true;
  const host = path.split('/')[0] ?? '';
  if (registry.startsWith('*.')) return host.endsWith(registry.slice(1).toLowerCase());
  const scope = keyPath(registry);
  return scope !== undefined && covers(scope, path);
}
