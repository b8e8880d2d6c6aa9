/** One line of a trace, put together from its pieces. */
export interface TraceLine {
  /** `00`: the agent, `01`: the job; undefined without time stamps. */
  readonly source: string | undefined;
  readonly stream: 'O' | 'E' | undefined;
  /** The foldable part that it stands in. */
  readonly section: string | undefined;
  readonly text: string;
}

export interface ReadTrace {
  readonly lines: readonly TraceLine[];
  /** What cannot be in a whole trace, one sentence each. */
  readonly problems: readonly string[];
}

const HEADER = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z ([0-9a-f]{2})([OE])([ +])/;
const MARK = /section_(start|end):\d+:([\w.-]+)(?:\[[^\]]*\])?\r(?:\x1b\[0K)?/g; // oxlint-disable-line no-control-regex

interface OpenLine {
  source?: string;
  stream?: 'O' | 'E';
  section: string | undefined;
  text: string;
}

/** Reads a trace with or without time stamps into lines. Latin-1 keeps the bytes of a character that two pieces share. */
export function readTrace(bytes: Buffer, timestamps: boolean): ReadTrace {
  const problems: string[] = [];
  const lines: OpenLine[] = [];
  const latest = new Map<string, OpenLine>();
  const sections = new Sections(problems);
  const raw = bytes.toString('latin1').split('\n');
  const rest = raw.pop();
  if (rest !== undefined && rest !== '') raw.push(rest);
  for (const [index, line] of raw.entries()) {
    if (!timestamps) {
      lines.push({ section: sections.name, text: sections.read(line) });
      continue;
    }
    const header = HEADER.exec(line);
    if (header === null) {
      problems.push(`line ${String(index + 1)} has no time stamp: ${JSON.stringify(line.slice(0, 80))}`);
      continue;
    }
    const [whole, source = '', stream = 'O', kind] = header;
    const text = sections.read(line.slice(whole.length));
    const key = source + stream;
    const open = latest.get(key);
    if (kind === '+' && open !== undefined) {
      open.text += text;
      continue;
    }
    if (kind === '+') problems.push(`line ${String(index + 1)} continues nothing`);
    const begun: OpenLine = { source, stream: stream === 'E' ? 'E' : 'O', section: sections.name, text };
    latest.set(key, begun);
    lines.push(begun);
  }
  sections.end();
  return { lines: lines.map(finished), problems };
}

const finished = ({ source, stream, section, text }: OpenLine): TraceLine => ({
  source,
  stream,
  section,
  text: Buffer.from(text, 'latin1').toString('utf8'),
});

/** Follows the marks of foldable parts and takes them out. */
class Sections {
  readonly #problems: string[];
  name: string | undefined;

  constructor(problems: string[]) {
    this.#problems = problems;
  }

  read(line: string): string {
    return line.replaceAll(MARK, (_, edge: string, name: string) => {
      if (edge === 'end' && this.name !== name) this.#problems.push(`section ${name} ends but was not open`);
      if (edge === 'start' && this.name !== undefined) {
        this.#problems.push(`section ${name} begins within ${this.name}`);
      }
      this.name = edge === 'start' ? name : undefined;
      return '';
    });
  }

  end(): void {
    if (this.name !== undefined) this.#problems.push(`section ${this.name} is never closed`);
  }
}
