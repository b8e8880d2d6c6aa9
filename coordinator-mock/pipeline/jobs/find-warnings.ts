import type { Place } from '../job-yaml-error.ts';
import type { WrittenNeed } from '../keywords/read-needs.ts';
import { didYouMean } from '../yaml/nearest-name.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** An accepted keyword without effect: where, and a sentence. */
export interface Warning {
  readonly at: Place;
  readonly sentence: string;
}

/** Keywords that change nothing here, with the reason. */
const withoutEffect: Readonly<Record<string, string>> = {
  coverage: 'the coverage is not computed',
  interruptible: 'nothing cancels running pipelines',
};

/** Names the keywords of a job, or of `default`, that are accepted and do nothing. */
export function findWarnings(values: ReadonlyMap<string, YamlNode>): Warning[] {
  return [...values].flatMap(([keyword, { at }]) => {
    const reason = withoutEffect[keyword];
    return reason === undefined ? [] : [{ at, sentence: `\`${keyword}\` has no effect here: ${reason}` }];
  });
}

/** A job of this name is deployed as a site by GitLab. */
export function findPagesWarning(name: string, at: Place): Warning[] {
  return name === 'pages' ? [{ at, sentence: 'the job `pages` runs like any other: no site is deployed' }] : [];
}

/** Optional needs that can never be met, since the file has no such job. */
export function findNeedWarnings(
  jobs: readonly { needs: readonly WrittenNeed[] | undefined; name: string }[],
): Warning[] {
  const names = jobs.map(({ name }) => name);
  return jobs
    .flatMap(({ needs }) => needs ?? [])
    .filter(({ job }) => !names.includes(job))
    .map(({ job, at }) => ({
      at,
      sentence: `the optional need \`${job}\` is never met: the file has no such job${didYouMean(job, names)}`,
    }));
}
