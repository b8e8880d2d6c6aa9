import type { FileResult } from './file-result.ts';

/** One line for a file that passed; the failures in full, with the file's output, for one that did not. */
export function describeFile(result: FileResult): string {
  const { file, passed, failures, skipped, seconds } = result;
  const counts = [`${String(passed)} passed`];
  if (failures.length > 0) counts.push(`${String(failures.length)} FAILED`);
  if (skipped.length > 0) counts.push(`${String(skipped.length)} skipped`);
  const line = `${failures.length > 0 ? 'FAIL' : 'ok  '} ${file}: ${counts.join(', ')} (${seconds.toFixed(1)} s)`;
  if (failures.length === 0) return line;
  const details = failures.map((failure) => `x ${failure.name}\n${indent(failure.details)}`).join('\n');
  const output = result.output.trim() === '' ? '' : `\noutput of the file:\n${indent(result.output.trimEnd())}`;
  return `${line}\n${indent(details + output)}`;
}

/** The closing lines: failures by name, skipped tests with their reasons, notices, and `N passed, N failed` last. */
export function describeRun(results: readonly FileResult[], notices: readonly string[]): string {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.flatMap(({ file, failures }) => failures.map(({ name }) => `${file}: ${name}`));
  const skipped = results.flatMap(({ file, skipped: tests }) =>
    tests.map(({ name, reason }) => `${file}: ${name} (${reason})`),
  );
  return [
    '',
    ...list('failed', failed),
    ...list('skipped', skipped),
    ...notices,
    `${String(passed)} passed, ${String(failed.length)} failed`,
  ].join('\n');
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${title}:`, ...items.map((item) => `  ${item}`)];
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
