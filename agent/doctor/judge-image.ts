import type { PullPolicy } from '../spec/job-spec.ts';
import { fail, ok, type Finding } from './finding.ts';

/** What is known of an image when the verdict is asked for. */
export interface ImageFacts {
  readonly policies: readonly PullPolicy[];
  /** What the registry, or one of its mirrors, says. */
  readonly answer: 'granted' | 'refused' | 'unknown';
  /** On the engine, whichever its platform. */
  readonly present: boolean;
  /** Whether the registry's word counts for an image that is on the engine already. */
  readonly verified: boolean;
  /** Whether the image that is on the engine is what the registry has. */
  readonly current: boolean;
}

/** Whether a job of this runner would get the image, and how. */
export function judgeImage(facts: ImageFacts): Finding {
  for (const policy of facts.policies) {
    const way = byPolicy(policy, facts);
    if (way !== undefined) return ok('verdict', `a job would get the image: ${way} (pull policy ${policy})`);
  }
  return fail('verdict', `a job would not get the image: ${reason(facts)}`);
}

function byPolicy(policy: PullPolicy, facts: ImageFacts): string | undefined {
  const { answer, present, verified, current } = facts;
  const granted = answer === 'granted';
  if (policy === 'never') return present ? 'the one that is here, unasked' : undefined;
  if (policy === 'always')
    return granted ? (current ? 'the one that is here, which is current' : 'by a pull') : undefined;
  if (present && (granted || answer === 'unknown' || !verified)) return 'the one that is here';
  return granted ? 'by a pull' : undefined;
}

function reason({ policies, answer, present }: ImageFacts): string {
  if (policies.length === 0) return 'a rule of the runner forbids it';
  if (policies.every((policy) => policy === 'never')) return 'it is not here, and the policy forbids to pull it';
  const registry = answer === 'refused' ? 'its registry does not give it' : 'its registry cannot be asked';
  return present ? `${registry}, and none of the policies takes the one that is here` : registry;
}
