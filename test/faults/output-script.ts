/** One shell script and what it has to print, line by line, on either stream. */
export interface OutputScript {
  readonly shell: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

export interface OutputOptions {
  /** What every line begins with, before `O` or `E` and its number. */
  readonly prefix: string;
  /** How many pieces of output there are; most are one line, some are many. */
  readonly pieces: number;
  /** Most that the script sleeps, in milliseconds, over all its pauses. */
  readonly pauseMs: number;
  /** The value of `$SECRET`. */
  readonly secret: string;
  /** Without time stamps the trace tells no stream from the other: then only lines that are written whole are wanted. */
  readonly wholeLines: boolean;
}

type Stream = 'O' | 'E';

/** One piece: shell commands that write to file descriptor 1, and the lines that they make. */
interface Piece {
  readonly commands: readonly string[];
  readonly lines: readonly string[];
}

type MakePiece = (first: string, context: PieceContext) => Piece;

interface PieceContext {
  readonly random: () => number;
  readonly secret: string;
  /** A pause of this piece, as a command. */
  readonly pause: () => string;
}

const LONGEST_BURST = 150;
const LONGEST_LINE = 40_000;

/** Makes a script that writes numbered lines to both streams, with uneven pauses and sizes. */
export function outputScript(options: OutputOptions, random: () => number): OutputScript {
  const lines: Record<Stream, string[]> = { O: [], E: [] };
  const commands: string[] = [];
  const pauses = pauseBudget(options, random);
  const makers = options.wholeLines ? WHOLE : [...WHOLE, ...BROKEN];
  for (let index = 0; index < options.pieces; index += 1) {
    const stream: Stream = random() < 0.6 ? 'O' : 'E';
    const make = makers[Math.floor(random() * makers.length)] ?? shortLine;
    const head = (number: number): string => `${options.prefix}${stream} ${String(number)}`;
    const next = lines[stream].length + 1;
    const piece = make(head(next), { random, secret: options.secret, pause: pauses });
    // A burst numbers its lines itself: the head of its first line is the pattern of all.
    const made = piece.lines.map((line, at) => line.replace(head(next), head(next + at)));
    lines[stream].push(...made);
    commands.push(stream === 'O' ? group(piece.commands) : `${group(piece.commands)} >&2`);
    if (random() < 0.3) commands.push(pauses());
  }
  return { shell: commands.join('\n'), stdout: lines.O, stderr: lines.E };
}

const group = (commands: readonly string[]): string => `{ ${commands.join('; ')}; }`;

/** Spends the budget in uneven parts. */
function pauseBudget({ pieces, pauseMs }: OutputOptions, random: () => number): () => string {
  let left = pauseMs;
  return () => {
    const ms = Math.min(left, Math.floor((random() ** 2 * 4 * pauseMs) / pieces));
    left -= ms;
    return `sleep ${(ms / 1000).toFixed(3)}`;
  };
}

const shortLine: MakePiece = (first, { random }) => {
  const line = `${first} ${'.'.repeat(Math.floor(random() * 200))}`;
  return { commands: [`echo '${line}'`], lines: [line] };
};

const burst: MakePiece = (first, { random }) => {
  const count = 1 + Math.floor(random() * LONGEST_BURST);
  const [, name = '', from = '1'] = /^(.*) (\d+)$/.exec(first) ?? [];
  const last = Number(from) + count - 1;
  const loop = `i=${from}; while [ $i -le ${String(last)} ]; do echo "${name} $i of a burst"; i=$((i+1)); done`;
  return { commands: [loop], lines: Array.from({ length: count }, () => `${first} of a burst`) };
};

const masked: MakePiece = (first) => ({
  commands: [`echo "${first} hides <$SECRET>"`],
  lines: [`${first} hides <[MASKED]>`],
});

const manyBytes: MakePiece = (first) => ({
  commands: [`echo '${first} äöü € 漢字 🚢'`],
  lines: [`${first} äöü € 漢字 🚢`],
});

const longLine: MakePiece = (first, { random }) => {
  const length = 3000 + Math.floor(random() * LONGEST_LINE);
  return {
    commands: [`printf '%s ' '${first}'`, `head -c ${String(length)} /dev/zero | tr '\\0' x`, 'echo'],
    lines: [`${first} ${'x'.repeat(length)}`],
  };
};

const halves: MakePiece = (first, { pause }) => ({
  commands: [`printf '%s' '${first} one'`, pause(), `printf ' half'`, pause(), `echo ', the other'`],
  lines: [`${first} one half, the other`],
});

const maskedHalves: MakePiece = (first, { secret, random, pause }) => {
  const cut = 1 + Math.floor(random() * (secret.length - 1));
  const rest = `\${SECRET#${'?'.repeat(cut)}}`;
  return {
    commands: [`printf '%s' "${first} <\${SECRET%"${rest}"}"`, pause(), `echo "${rest}>"`],
    lines: [`${first} <[MASKED]>`],
  };
};

const brokenCharacter: MakePiece = (first, { pause }) => ({
  commands: [`printf '${first} \\342\\202'`, pause(), `printf '\\254 \\360\\237'`, pause(), `printf '\\232\\242.\\n'`],
  lines: [`${first} € 🚢.`],
});

const WHOLE: readonly MakePiece[] = [shortLine, shortLine, burst, masked, manyBytes];
const BROKEN: readonly MakePiece[] = [longLine, halves, maskedHalves, brokenCharacter];
