import type { OfferAnswer } from './answer-offer.ts';
import type { KeyStep, SourceStep } from './auth-explanation.ts';
import type { Credential } from './credential.ts';
import { shownKey } from './keys/shown-key.ts';
import type { ReadSource } from './plan-offers.ts';
import { sourceWarnings } from './source-warnings.ts';

/** What became of every key of a source for one image. */
export function explainSource(
  read: ReadSource,
  answers: readonly OfferAnswer[],
  candidates: readonly Credential[],
): SourceStep {
  const { source } = read;
  const own = answers.filter(({ offer }) => offer.source === source);
  return {
    source: source.name,
    provenance: source.provenance,
    keys: [...own.map((answer) => matchingKey(answer, candidates)), ...otherKeys(read, own)],
    warnings: [...sourceWarnings(read), ...own.flatMap(({ warning }) => warning ?? [])],
  };
}

function matchingKey(answer: OfferAnswer, candidates: readonly Credential[]): KeyStep {
  const { kind, key, helper } = answer.offer;
  const outcome = outcomeOf(answer, candidates);
  return { key: plain(key), kind, ...(helper === undefined ? {} : { helper }), matches: true, outcome };
}

function otherKeys({ config }: ReadSource, own: readonly OfferAnswer[]): KeyStep[] {
  const matched = new Set(own.map(({ offer }) => `${offer.kind} ${offer.key}`));
  const asked = new Set(own.flatMap(({ offer }) => (offer.kind === 'credHelpers' ? offer.path : [])));
  const helpers = config.helpers.map(({ key, path, helper }) => {
    const outcome = path !== undefined && asked.has(path) ? 'another key for the same path counts' : 'no match';
    return { key, kind: 'credHelpers' as const, helper, outcome };
  });
  const statics = config.auths.map(({ key, problem, secret }) => {
    const outcome = problem ?? (secret === undefined ? 'no credentials in it' : 'no match');
    return { key, kind: 'auths' as const, outcome };
  });
  return [...helpers, ...statics]
    .filter(({ kind, key }) => !matched.has(`${kind} ${key}`))
    .map((step) => ({ ...step, key: plain(step.key), matches: false }));
}

function outcomeOf({ credential, outcome }: OfferAnswer, candidates: readonly Credential[]): string {
  if (credential === undefined) return outcome;
  const position = candidates.indexOf(credential);
  if (position < 0) return `${outcome}: the same login is there already`;
  return position === 0 ? `${outcome}: used` : `${outcome}: number ${position + 1}, in case the registry refuses`;
}

const plain = (key: string): string => shownKey(key).slice(1, -1);
