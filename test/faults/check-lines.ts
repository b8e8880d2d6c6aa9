import type { JobPlan } from './run-plan.ts';
import type { Problem } from './problem.ts';
import type { TraceLine } from './read-trace.ts';

/** How much of a job's output has to be there: all, or all up to the point where it was stopped. */
export type Wanted = 'all' | 'beginning';

/** What a shell says of a child that was ended, and what becomes of a character that was cut. */
const CUT_OFF = /(?:Terminated|Killed|\uFFFD)+$/;

const NUMBERED = /^(A?[OE]) (\d+)\b/;
/** What the agent itself puts into the job's stream: echoed commands and notices, all in colour. */
const OWN_LINE = /^(?:\x1b\[|$)/; // oxlint-disable-line no-control-regex
const SCRIPT_SECTIONS = ['step_script', 'after_script'];

/** What a trace is compared with. */
export interface ExpectedOutput {
  readonly plan: JobPlan;
  readonly secret: string;
  readonly wanted: Wanted;
  /** after_script ran to its end; its failure does not change the result of the job. */
  readonly afterWhole: boolean;
}

/** Compares what a trace shows of a job's output with what the job printed. */
export function checkLines(expected: ExpectedOutput, lines: readonly TraceLine[]): Problem[] {
  const { plan, wanted } = expected;
  const streams: [string, readonly string[]][] = [
    ['O', plan.script.stdout],
    ['E', plan.script.stderr],
    ['AO', plan.after?.stdout ?? []],
    ['AE', plan.after?.stderr ?? []],
  ];
  const problems = streams.flatMap(([name, printed]) => {
    const shown = lines.filter(({ text }) => NUMBERED.exec(text)?.[1] === name).map(({ text }) => text);
    const amount = name.startsWith('A') && !expected.afterWhole ? 'beginning' : wanted;
    const whole = amount === 'all' ? shown : withoutCutEnd(shown, printed, expected);
    return compare(`${plan.tag} ${name}`, printed, whole, amount);
  });
  return [...problems, ...wrongStreams(plan, lines), ...(wanted === 'all' ? foreignText(plan, lines) : [])];
}

/** Takes a last line away that is the beginning of the right one; a secret that was cut is not masked. */
function withoutCutEnd(
  shown: readonly string[],
  printed: readonly string[],
  { secret }: ExpectedOutput,
): readonly string[] {
  const whole = printed[shown.length - 1]?.replace('[MASKED]', secret);
  const last = shown.at(-1)?.replace('[MASKED]', secret).replace(CUT_OFF, '');
  return last !== undefined && whole?.startsWith(last) === true ? shown.slice(0, -1) : shown;
}

/** Compares the lines that were shown with those that were printed; `wanted` as for a whole trace. */
export function compare(
  name: string,
  printed: readonly string[],
  shown: readonly string[],
  wanted: Wanted = 'all',
): Problem[] {
  const wrong = shown.findIndex((line, at) => line !== printed[at]);
  if (wrong === -1 && (shown.length === printed.length || wanted === 'beginning')) return [];
  if (wrong === -1) {
    return [problem('lost lines', name, `ends after ${String(shown.length)} of ${String(printed.length)} lines`)];
  }
  const kind = difference(printed, shown);
  return [
    problem(kind, name, `line ${String(wrong + 1)}: ${excerpt(shown[wrong])} in place of ${excerpt(printed[wrong])}`),
  ];
}

function difference(printed: readonly string[], shown: readonly string[]): Problem['kind'] {
  const known = new Set(printed);
  if (!shown.every((line) => known.has(line))) return 'wrong text';
  if (new Set(shown).size < shown.length) return 'doubled lines';
  const places = shown.map((line) => printed.indexOf(line));
  return places.every((place, at) => at === 0 || place > (places[at - 1] ?? -1)) ? 'lost lines' : 'wrong text';
}

function wrongStreams({ tag }: JobPlan, lines: readonly TraceLine[]): Problem[] {
  const wrong = lines.find(({ text, stream }) => {
    const name = NUMBERED.exec(text)?.[1];
    return name !== undefined && stream !== undefined && !name.endsWith(stream);
  });
  return wrong === undefined ? [] : [problem('wrong text', tag, `${excerpt(wrong.text)} is in the other stream`)];
}

/** Text within the script's output that the script never printed: a piece that came twice, say. */
function foreignText({ tag }: JobPlan, lines: readonly TraceLine[]): Problem[] {
  const foreign = lines.filter(
    ({ source, section, text }) =>
      source === '01' && SCRIPT_SECTIONS.includes(section ?? '') && !NUMBERED.test(text) && !OWN_LINE.test(text),
  );
  return foreign.slice(0, 3).map(({ text }) => problem('wrong text', tag, `${excerpt(text)} was never printed`));
}

const problem = (kind: Problem['kind'], name: string, text: string): Problem => ({ kind, text: `${name}: ${text}` });

function excerpt(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 40)}...${text.slice(-15)}`);
}
