import type { ArtifactSpec } from '#protocol/job-files.ts';
import { readDuration } from '../keywords/read-duration.ts';
import { readMap, type KeywordTable } from '../yaml/read-map.ts';
import { readBoolean, readChoice, readString, readStrings, wrongType } from '../yaml/read-value.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import { readReports } from './read-reports.ts';

const artifactKeywords: KeywordTable = {
  known: ['name', 'paths', 'exclude', 'untracked', 'when', 'expire_in', 'reports'],
  refused: {
    expose_as: 'there are no merge requests to show the files in',
    public: 'there are no users to hide the files from',
    access: 'there are no users to hide the files from',
  },
};

/** `artifacts` as the runner wants them: one archive, then one entry per report. */
export function readArtifacts(node: YamlNode, what: string): ArtifactSpec[] {
  const values = readMap(node, what, artifactKeywords);
  if (values.size === 0) throw wrongType(node, what, 'a map with `paths`, `untracked` or `reports`');
  const expireIn = readExpiry(values.get('expire_in'), `\`expire_in\` of ${what}`);
  const archive = readArchive(values, what, expireIn);
  const reports = values.get('reports');
  return [...archive, ...(reports === undefined ? [] : readReports(reports, `\`reports\` of ${what}`, expireIn))];
}

function readArchive(
  values: ReadonlyMap<string, YamlNode>,
  what: string,
  expireIn: string | undefined,
): ArtifactSpec[] {
  const name = values.get('name');
  const when = values.get('when');
  const untracked = values.get('untracked');
  const archive: ArtifactSpec = {
    name: name === undefined ? undefined : readString(name, `\`name\` of ${what}`),
    untracked: untracked !== undefined && readBoolean(untracked, `\`untracked\` of ${what}`),
    paths: readPaths(values.get('paths'), `\`paths\` of ${what}`),
    exclude: readPaths(values.get('exclude'), `\`exclude\` of ${what}`),
    when:
      when === undefined
        ? 'on_success'
        : readChoice(when, `\`when\` of ${what}`, ['on_success', 'on_failure', 'always'] as const),
    expire_in: expireIn,
    artifact_type: 'archive',
    artifact_format: 'zip',
  };
  return archive.paths.length > 0 || archive.untracked ? [archive] : [];
}

function readPaths(node: YamlNode | undefined, what: string): string[] {
  return node === undefined ? [] : readStrings(node, what).map(({ text }) => text);
}

/** The text goes to the runner as it is written; it only has to be a duration. */
function readExpiry(node: YamlNode | undefined, what: string): string | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && node.value === 'never') return 'never';
  readDuration(node, what);
  return node.kind === 'scalar' ? node.source : undefined;
}
