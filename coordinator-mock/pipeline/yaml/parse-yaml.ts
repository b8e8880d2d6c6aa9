import { LineCounter, parseAllDocuments, type Document, type Tags } from 'yaml';
import { JobYamlError, type Place } from '../job-yaml-error.ts';
import { convertDocument } from './convert-document.ts';
import type { MapNode } from './yaml-node.ts';

/** Values that GitLab's parser knows; dates and binary stay what they are written as. */
const foreignTags = ['timestamp', 'binary', 'omap', 'pairs', 'set'];

/**
 * The job file as one map in which every value knows its place; aliases and `<<` are followed, `!reference` is not.
 * @throws JobYamlError for YAML that cannot be read, a key written twice, an unknown tag, or anything but one map.
 */
export function parseYaml(text: string, file: string): MapNode {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents = parseAllDocuments(text, {
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
    customTags: jobFileTags,
  });
  const list = 'empty' in documents ? [] : documents;
  for (const document of list) refuseSyntaxErrors(document, placeAt);
  const [first, second] = list;
  if (first === undefined || first.contents === null) {
    throw new JobYamlError({ file, line: 1, column: 1 }, 'the file is empty: there is no job in it');
  }
  if (second !== undefined) throw severalDocuments(first, placeAt(second.range[0]));
  const root = convertDocument(first, placeAt);
  if (root.kind !== 'map') throw new JobYamlError(root.at, 'the file must be a map of jobs and global keywords');
  return root;
}

function jobFileTags(tags: Tags): Tags {
  const kept = tags.filter(
    (tag) => typeof tag === 'string' || !foreignTags.some((name) => tag.tag.endsWith(`:${name}`)),
  );
  return [...kept, { tag: '!reference', collection: 'seq', resolve: (list) => list }];
}

function refuseSyntaxErrors(document: Document.Parsed, placeAt: (offset: number) => Place): void {
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem === undefined) return;
  const at = placeAt(problem.pos[0]);
  const tag = /^Unresolved tag: (.*)$/.exec(problem.message)?.[1];
  if (tag === '!reference') throw new JobYamlError(at, '`!reference` needs a list such as [job, script]');
  if (tag !== undefined) throw new JobYamlError(at, `the tag \`${tag}\` is not known; only \`!reference\` is`);
  throw new JobYamlError(at, `YAML syntax: ${problem.message}`, { cause: problem });
}

function severalDocuments(first: Document.Parsed, secondAt: Place): JobYamlError {
  const header = first.toJS({ maxAliasCount: 100 }) as unknown;
  const isSpec = typeof header === 'object' && header !== null && 'spec' in header;
  const sentence = isSpec
    ? 'a `spec` header before the jobs (inputs of included files) is not supported'
    : 'only one YAML document is allowed in a job file';
  return new JobYamlError(secondAt, sentence);
}
