import { toError } from '../common/errors/to-error.ts';
import type { Credential } from '../images/auth/credential.ts';
import type { PullCandidate } from '../images/registry/mirror-references.ts';
import type { RegistryClient } from '../images/registry/registry-client.ts';
import { isRegistryError } from '../images/registry/registry-error.ts';
import { ok, warn, type Finding } from './finding.ts';

/** What registries are asked with. */
export interface RegistryTools {
  readonly registry: Pick<RegistryClient, 'headManifest'>;
  readonly credentials: { candidates(reference: string): Promise<readonly Credential[]> };
  readonly signal: AbortSignal;
}

/** `granted` with the digest; `refused`: the registry has said no; `unknown`: it could not say. */
export interface RegistryFinding {
  readonly finding: Finding;
  readonly answer: 'granted' | 'refused' | 'unknown';
  readonly digest: string | undefined;
}

const refusals: ReadonlySet<string> = new Set(['unauthorized', 'denied', 'not-found']);

/** Asks one place for the image, with each credential in turn. Whether a refusal matters is for others to say: it is a warning here. */
export async function checkRegistry(place: PullCandidate, tools: RegistryTools): Promise<RegistryFinding> {
  const subject = place.mirror === undefined ? 'registry' : 'mirror';
  const details: string[] = [];
  let answer: RegistryFinding['answer'] = 'refused';
  for (const credential of await withNobody(place, tools)) {
    const who = credential === undefined ? 'without credentials' : `with ${credential.source}`;
    try {
      const { digest } = await tools.registry.headManifest(place.reference, credential, tools.signal);
      const text = `${place.reference} is given ${who}: ${digest}`;
      return { finding: ok(subject, text, details), answer: 'granted', digest };
    } catch (error) {
      details.push(`${who}: ${toError(error).message}`);
      if (isRegistryError(error) && error.kind === 'tls') details.push(trustHint(error.registry));
      if (!isRegistryError(error) || !refusals.has(error.kind)) {
        answer = 'unknown';
        break;
      }
    }
  }
  const word = answer === 'refused' ? 'is not given' : 'could not be asked for';
  return { finding: warn(subject, `${place.reference} ${word}`, details), answer, digest: undefined };
}

async function withNobody(place: PullCandidate, tools: RegistryTools): Promise<readonly (Credential | undefined)[]> {
  const found = await tools.credentials.candidates(place.reference);
  return found.length > 0 ? found : [undefined];
}

const trustHint = (registry: string): string =>
  `engine and agent trust the CAs in /etc/docker/certs.d/${registry}/*.crt, and the engine's insecure-registries without one`;
