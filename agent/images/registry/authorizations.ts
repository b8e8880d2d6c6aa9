import { createHash } from 'node:crypto';
import type { Clock } from '../../common/clock.ts';
import type { Credential } from '../auth/credential.ts';
import type { ImagePlace } from './image-place.ts';

const mostKept = 1000;

interface Kept {
  readonly header: string;
  readonly until: number;
}

/** `Authorization` headers that a registry has accepted, per registry, repository and credential, until they expire. */
export class Authorizations {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(place: ImagePlace, credential: Credential | undefined): string | undefined {
    const kept = this.#kept.get(keyOf(place, credential));
    return kept !== undefined && kept.until > this.#clock.now() ? kept.header : undefined;
  }

  set(place: ImagePlace, credential: Credential | undefined, header: string, lifetimeMs: number): void {
    const now = this.#clock.now();
    for (const [key, { until }] of this.#kept) if (until <= now) this.#kept.delete(key);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size >= mostKept && !oldest.done) this.#kept.delete(oldest.value);
    this.#kept.set(keyOf(place, credential), { header, until: now + lifetimeMs });
  }

  delete(place: ImagePlace, credential: Credential | undefined): void {
    this.#kept.delete(keyOf(place, credential));
  }
}

function keyOf({ registry, repository }: ImagePlace, credential: Credential | undefined): string {
  const secret = [credential?.username, credential?.password, credential?.identityToken];
  const who = credential === undefined ? '' : createHash('sha256').update(JSON.stringify(secret)).digest('hex');
  return `${registry} ${repository} ${who}`;
}
