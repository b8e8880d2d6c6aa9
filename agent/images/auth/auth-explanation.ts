import type { Provenance } from './credential.ts';

/** One key of a source, and what came of it for this image. */
export interface KeyStep {
  readonly key: string;
  readonly kind: 'auths' | 'credHelpers' | 'credsStore';
  /** The helper's name, without `docker-credential-`; for helpers and stores. */
  readonly helper?: string;
  readonly matches: boolean;
  /** `used`, `beaten`, `no match`, or why it could not serve. */
  readonly outcome: string;
}

export interface SourceStep {
  readonly source: string;
  readonly provenance: Provenance;
  readonly keys: readonly KeyStep[];
  readonly warnings: readonly string[];
}

/** How the credentials of an image are found, step by step; without a secret. */
export interface AuthExplanation {
  readonly reference: string;
  /** `registry.example.com`, as keys are compared with it; with the port where it is not 443. */
  readonly registry: string;
  /** The paths that a key may have to match, longest first. */
  readonly prefixes: readonly string[];
  readonly sources: readonly SourceStep[];
  /** Best first; empty: anonymous. */
  readonly candidates: readonly { readonly source: string; readonly key: string; readonly username: string }[];
}
