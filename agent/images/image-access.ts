import type { DockerClient } from '../docker/docker-client.ts';
import type { Credential } from './auth/credential.ts';
import type { PullManager } from './pull-manager.ts';
import type { RegistryMirror } from './registry/mirror-references.ts';
import type { RegistryCheck } from './registry-check.ts';

/** How the images of one job are reached: what all jobs of the agent share, and what this one may use. */
export interface ImageAccess {
  readonly pulls: PullManager;
  readonly check: RegistryCheck;
  readonly credentials: CredentialFinder;
  readonly mirrors: readonly RegistryMirror[];
  /** Whether an image that is present is asked for at its registry before it is used. */
  readonly verify: boolean;
}

/** Where the credentials of an image are found, best first; none: anonymous. Each answer is told to the masker before it is given. */
export interface CredentialFinder {
  candidates(reference: string): Promise<readonly Credential[]>;
}

/** For images that need nobody's name. */
export const anonymous: CredentialFinder = { candidates: () => Promise.resolve([]) };

/** What a pull says while it goes on; each is one line of the trace. */
export interface PullLog {
  line(text: string): void;
  warning(text: string): void;
}

/** Where the images of one job go, how they are reached, and who hears of it. */
export interface ImageContext {
  readonly docker: DockerClient;
  readonly access: ImageAccess;
  readonly log: PullLog;
  readonly signal: AbortSignal;
}
