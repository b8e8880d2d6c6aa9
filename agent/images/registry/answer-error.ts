import { formatDuration } from '../../common/duration.ts';
import type { Credential } from '../auth/credential.ts';
import type { ImagePlace } from './image-place.ts';
import { RegistryError, type RegistryErrorKind } from './registry-error.ts';
import type { RegistryAnswer } from './registry-transport.ts';
import { retryAfterMs } from './retry-after.ts';

const kinds: Readonly<Record<number, RegistryErrorKind>> = {
  401: 'unauthorized',
  403: 'denied',
  404: 'not-found',
  429: 'rate-limited',
};

/** What an answer other than 200 means, of the registry to the question for an image or of its token server to that for a token. */
export function answerError(
  answer: Pick<RegistryAnswer, 'status' | 'headers'>,
  place: ImagePlace,
  credential: Credential | undefined,
  from: 'registry' | 'token server' = 'registry',
): RegistryError {
  const { status } = answer;
  const kind = (from === 'token server' && status === 404 ? undefined : kinds[status]) ?? 'server';
  const whom = from === 'registry' ? place.registry : `the token server of ${place.registry}`;
  const wait = retryAfterMs(answer.headers['retry-after']);
  const sentence = `${whom} ${sentenceOf(kind, place, credential)} (${status})`;
  const asks = wait === undefined ? '' : `, and asks to wait ${formatDuration(wait)}`;
  return new RegistryError(sentence + asks, { kind, registry: place.registry, status, retryAfterMs: wait });
}

function sentenceOf(kind: RegistryErrorKind, place: ImagePlace, credential: Credential | undefined): string {
  const { repository, tag, digest } = place;
  const who = credential === undefined ? 'without credentials' : `with the credentials of ${credential.source}`;
  switch (kind) {
    case 'unauthorized':
      return credential === undefined
        ? `wants credentials for ${repository}, or has no such repository`
        : `does not accept the credentials of ${credential.source} for ${repository}`;
    case 'denied':
      return `denies access to ${repository} ${who}`;
    case 'not-found':
      return `has no image ${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`;
    case 'rate-limited':
      return `has had too many requests ${who}`;
    default:
      return `gave no usable answer for ${repository}`;
  }
}
