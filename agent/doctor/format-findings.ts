import type { Finding } from './finding.ts';

/** Findings for people: one line each, what led to it indented below. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(0, ...findings.map((finding) => title(finding).length));
  const lines = findings.flatMap((finding) => [
    `${finding.outcome.padEnd(4)}  ${title(finding).padEnd(width)}  ${finding.text}`,
    ...(finding.details ?? []).map((detail) => `${' '.repeat(width + 8)}- ${detail}`),
  ]);
  return lines.join('\n');
}

/** The same for programs; `ok` is false when one of them failed. */
export function findingsJson(findings: readonly Finding[], image: string | undefined): string {
  const report = { ok: isGood(findings), ...(image === undefined ? {} : { image }), findings };
  return JSON.stringify(report, undefined, 2);
}

/** Whether nothing failed; warnings are no failure. */
export const isGood = (findings: readonly Finding[]): boolean => findings.every(({ outcome }) => outcome !== 'fail');

const title = ({ subject, runner }: Finding): string => (runner === undefined ? subject : `${subject} (${runner})`);
