import type { AuthExplanation, KeyStep, SourceStep } from '../images/auth/auth-explanation.ts';
import { ok, warn, type Finding } from './finding.ts';

/** Which sources were read, which keys matched, and which one wins. */
export function checkCredentials({ prefixes, sources, candidates }: AuthExplanation): Finding {
  const [best] = candidates;
  const text =
    best === undefined
      ? 'none: the registry is asked without'
      : `user "${best.username}" of ${best.source}, key "${best.key}"${others(candidates.length - 1)}`;
  const details = [`keys that would match, best first: ${prefixes.join(', ')}`, ...sources.flatMap(describeSource)];
  if (sources.length === 0) details.push('there are no sources');
  return sources.some(({ warnings }) => warnings.length > 0)
    ? warn('credentials', text, details)
    : ok('credentials', text, details);
}

function describeSource({ source, provenance, keys, warnings }: SourceStep): string[] {
  const name = `${source} (${provenance})`;
  const steps = keys.map((step) => `${name}: ${describeKey(step)}`);
  return [
    ...(steps.length === 0 && warnings.length === 0 ? [`${name}: no keys`] : steps),
    ...warnings.map((warning) => `${name}: WARNING: ${warning}`),
  ];
}

function describeKey({ key, kind, helper, outcome }: KeyStep): string {
  const by = helper === undefined ? '' : ` by docker-credential-${helper}`;
  return `${kind} "${key}"${by}: ${outcome}`;
}

const others = (count: number): string => (count === 0 ? '' : `; ${count} more if the registry refuses`);
