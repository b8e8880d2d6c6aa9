import { JobFailure } from '../../common/errors/job-failure.ts';
import type { Credential } from './credential.ts';
import type { CredentialHelpers, HelperAnswer } from './helpers/credential-helpers.ts';
import { type AllowedHelpers, isHelperName, isPermitted } from './helpers/helper-permit.ts';
import type { Secret } from './keys/parse-auth-entry.ts';
import { listedRank, type Offer } from './plan-offers.ts';
import { type ImagePath, keyPath } from './keys/registry-path.ts';
import { shownKey } from './keys/shown-key.ts';

/** What came of an offer. */
export interface OfferAnswer {
  readonly offer: Offer;
  readonly credential?: Credential;
  /** As the offer's, or better where a store listed a longer path. */
  readonly rank: number;
  /** In a few words, without a secret; for `doctor`. */
  readonly outcome: string;
  /** For the log of the job. */
  readonly warning?: string;
  /** Ends the job if nothing better is there. */
  readonly failure?: JobFailure;
}

export interface OfferContext {
  readonly image: ImagePath;
  readonly helpers: CredentialHelpers;
  readonly allowed: AllowedHelpers;
}

/** Finds out what is behind a key, with the help of its helper if it has one. Rejects only with the reason of the signal. */
export async function answerOffer(offer: Offer, context: OfferContext): Promise<OfferAnswer> {
  const { helper, secret } = offer;
  if (helper === undefined) return secret === undefined ? nothing(offer, 'no credentials') : found(offer, secret);
  if (!isHelperName(helper)) return refusedName(offer, helper);
  if (!isPermitted(offer.source, helper, offer.path, context.allowed)) return refused(offer, helper);
  const answer = await firstFound(offer.servers, (server) => context.helpers.get(helper, server));
  if (answer.kind === 'found') return found(offer, answer.value);
  if (answer.kind === 'failed') return failed(offer, helper, answer.reason);
  return (await fromList(offer, helper, context)) ?? nothing(offer, `helper "${helper}" has no credentials for it`);
}

async function firstFound(
  servers: readonly string[],
  ask: (server: string) => Promise<HelperAnswer<Secret>>,
): Promise<HelperAnswer<Secret>> {
  for (const server of servers) {
    const answer = await ask(server);
    if (answer.kind !== 'not-found') return answer;
  }
  return { kind: 'not-found' };
}

/** A store may know the registry by another spelling; a store that cannot list has simply nothing. */
async function fromList(offer: Offer, helper: string, context: OfferContext): Promise<OfferAnswer | undefined> {
  if (offer.kind !== 'credsStore' || offer.path !== context.image.registry) return undefined;
  const listed = await context.helpers.list(helper);
  if (listed.kind !== 'found') return undefined;
  const servers = listed.value.flatMap((server) => {
    const rank = offer.servers.includes(server) ? undefined : listedRank(server, context.image);
    return rank === undefined ? [] : [{ server, rank }];
  });
  for (const { server, rank } of servers.toSorted((one, other) => one.rank - other.rank)) {
    const answer = await context.helpers.get(helper, server);
    if (answer.kind === 'found')
      return found({ ...offer, key: server, path: keyPath(server) ?? offer.path, rank }, answer.value);
  }
  return undefined;
}

const nothing = (offer: Offer, outcome: string): OfferAnswer => ({ offer, rank: offer.rank, outcome });

function found(offer: Offer, secret: Secret): OfferAnswer {
  const credential = { ...secret, source: offer.source.name, key: offer.key };
  const outcome = secret.identityToken === undefined ? `user "${secret.username}"` : 'identity token';
  return { offer, rank: offer.rank, credential, outcome };
}

function failed(offer: Offer, helper: string, reason: string): OfferAnswer {
  const outcome = `helper "${helper}" ${reason}`;
  const warning = `${offer.source.name}: credential helper "${helper}" for ${shownKey(offer.key)} ${reason}; it is left out`;
  return { ...nothing(offer, outcome), warning };
}

function refused(offer: Offer, helper: string): OfferAnswer {
  const sentence =
    `credential helper "${helper}" for ${shownKey(offer.key)} is not run: the job names it, ` +
    `and the runner's allowed_docker_credential_helpers does not permit it for ${offer.path}`;
  return {
    ...nothing(offer, 'refused: not in allowed_docker_credential_helpers'),
    warning: `${offer.source.name}: ${sentence}`,
  };
}

function refusedName(offer: Offer, helper: string): OfferAnswer {
  const sentence = `${offer.source.name}: credential helper ${shownKey(helper)}: a name must not be empty or contain a path separator`;
  const failure = new JobFailure('runner_system_failure', sentence);
  return { ...nothing(offer, 'refused: the name of the helper contains a path separator'), failure };
}
