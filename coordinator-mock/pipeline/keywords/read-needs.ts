import type { Place } from '../job-yaml-error.ts';
import type { Need } from '../pipeline.ts';
import { readMap, type KeywordTable } from '../yaml/read-map.ts';
import { readBoolean, readList, readString, wrongType } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** A need as written: `job` is a name of the file, before `parallel` and `rules`. */
export interface WrittenNeed extends Need {
  readonly at: Place;
}

const otherPipelines = 'artifacts come from jobs of the same pipeline only';
const needKeywords: KeywordTable = {
  known: ['job', 'optional', 'artifacts'],
  refused: {
    parallel: 'there is no `parallel: matrix`; a need of a parallel job waits for all its parts',
    pipeline: otherPipelines,
    project: otherPipelines,
    ref: otherPipelines,
  },
};

/** `needs`: job names and maps. */
export function readNeeds(node: YamlNode, what: string): WrittenNeed[] {
  return readList(node, what, 'a list of jobs').items.map((item) => {
    const name = `an item of ${what}`;
    if (item.kind === 'scalar') return { job: readString(item, name), optional: false, artifacts: true, at: item.at };
    const values = readMap(item, name, needKeywords, 'a job name or a map');
    const job = values.get('job');
    const optional = values.get('optional');
    const artifacts = values.get('artifacts');
    if (job === undefined) throw wrongType(item, name, 'a job name or a map with `job`');
    return {
      job: readString(job, `\`job\` in ${what}`),
      optional: optional !== undefined && readBoolean(optional, `\`optional\` in ${what}`),
      artifacts: artifacts === undefined || readBoolean(artifacts, `\`artifacts\` in ${what}`),
      at: job.at,
    };
  });
}
