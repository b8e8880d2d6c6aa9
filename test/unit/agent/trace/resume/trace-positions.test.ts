import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { JobTrace } from '../../../../../agent/trace/job-trace.ts';
import {
  plainPositions,
  stampedPositions,
  type PlainWrite,
} from '../../../../../agent/trace/resume/trace-positions.ts';
import { wholeLines } from '../../../../../agent/trace/resume/whole-trace.ts';
import { TraceSpool } from '../../../../../agent/trace/trace-spool.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { cutRandomly, seededRandom } from '../../../../support/seeded-random.ts';
import { tempDir } from '../../../../support/temp-dir.ts';

const SECRET = 'kangaroo-42';

interface Script {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Lines of many lengths, some empty, some with carriage returns, secrets or characters of several bytes, the last without an end. */
function script(random: () => number): Script {
  const words = ['x', 'äöü', SECRET, 'progress 10%\rprogress 20%', '', 'z'.repeat(9000), '€uro', 'kanga', '\n\n'];
  const text = (name: string): Buffer => {
    const lines = Array.from({ length: 40 }, (_, index) => {
      const word = words[Math.floor(random() * words.length)] ?? '';
      return `${name} ${index} ${word}${random() < 0.8 ? '\n' : ' '}`;
    });
    return Buffer.from(lines.join(''));
  };
  return { stdout: text('out'), stderr: text('err') };
}

interface Life {
  readonly path: string;
  readonly timestamps: boolean;
  readonly writes: PlainWrite[];
}

const makeTrace = ({ path, timestamps, writes }: Life, clock: ManualClock): { trace: JobTrace; spool: TraceSpool } => {
  const spool = new TraceSpool({ path, limit: 1 << 24 });
  const onSource = (at: number, stream: PlainWrite['stream']): void => void writes.push({ at, stream });
  const secrets = [SECRET];
  return {
    trace: new JobTrace({ spool, clock, secrets, tokenPrefixes: [], timestamps, sections: true, onSource }),
    spool,
  };
};

/** What the trace shows of the two streams, its time stamps and artificial newlines taken out again. */
function shown(bytes: Buffer, { timestamps, writes }: Life): { stdout: string; stderr: string } {
  const streams = { O: '', E: '' };
  if (!timestamps) {
    for (const [index, { at, stream }] of writes.entries())
      if (stream !== '-') streams[stream] += bytes.toString('latin1', at, writes[index + 1]?.at ?? bytes.length);
  } else {
    for (const line of bytes.toString('latin1').split('\n').slice(0, -1)) {
      const [, stream, sign] = /^.{27} 01([OE])([ +])/.exec(line) ?? [];
      if (stream !== 'O' && stream !== 'E') continue;
      if (sign === '+') streams[stream] = streams[stream].slice(0, -1);
      streams[stream] += `${line.slice(32)}\n`;
    }
  }
  const text = (latin: string): string => Buffer.from(latin, 'latin1').toString();
  return { stdout: text(streams.O), stderr: text(streams.E) };
}

const masked = (bytes: Buffer): string => bytes.toString().replaceAll(SECRET, '[MASKED]');

/** A first process writes some of the script's output and dies within a write; a second one reads all of it again. */
async function resumed(seed: number, timestamps: boolean): Promise<{ found: Script | object; expected: object }> {
  const random = seededRandom(seed);
  await using folder = await tempDir();
  const life: Life = { path: folder.file('trace.log'), timestamps, writes: [] };
  const clock = new ManualClock();
  const output = script(random);
  const first = makeTrace(life, clock);
  first.trace.line('agent');
  const at = first.spool.size;
  play(first.trace, output, random, { share: random() });
  const bytes = first.spool.read(0, first.spool.size);
  first.spool.close();
  const cut = at + Math.floor(random() * (bytes.length - at + 1));
  const torn = bytes.subarray(0, cut);
  const left = timestamps ? torn.subarray(0, Math.max(at, wholeLines(torn))) : torn;
  writeFileSync(life.path, left);
  while ((life.writes.at(-1)?.at ?? 0) > left.length) life.writes.pop();
  const seen = timestamps ? stampedPositions(left, at) : plainPositions(left, at, life.writes);
  const second = makeTrace(life, clock);
  play(second.trace, output, random, { share: 1, seen });
  const found = shown(second.spool.read(0, second.spool.size), life);
  second.trace.close();
  second.spool.close();
  const ended = (text: string): string => (timestamps && !text.endsWith('\n') ? `${text}\n` : text);
  return { found, expected: { stdout: ended(masked(output.stdout)), stderr: ended(masked(output.stderr)) } };
}

/** Writes a share of both streams in random pieces and turns. All of it: the streams end too. */
function play(
  trace: JobTrace,
  output: Script,
  random: () => number,
  { share, seen }: { share: number; seen?: ReturnType<typeof stampedPositions> },
): void {
  const streams = { stdout: trace.stream(1, 'O', seen?.stdout), stderr: trace.stream(1, 'E', seen?.stderr) };
  const pieces = (['stdout', 'stderr'] as const).map((name) => ({
    name,
    left: cutRandomly(output[name].subarray(0, Math.floor(output[name].length * share)), random, 700),
  }));
  while (pieces.some(({ left }) => left.length > 0)) {
    const { name, left } = pieces[random() < 0.5 ? 0 : 1]!;
    const piece = left.shift();
    if (piece !== undefined) streams[name].write(piece);
  }
  if (share < 1) return;
  streams.stdout.end();
  streams.stderr.end();
}

for (const timestamps of [true, false])
  describe(`a trace that another process goes on with, ${timestamps ? 'with' : 'without'} time stamps`, () => {
    test('each stream is whole, in order and once, wherever the first process died', async () => {
      for (let seed = 1; seed <= 150; seed++) {
        const { found, expected } = await resumed(seed, timestamps);
        assert.deepEqual(found, expected, `seed ${seed}`);
      }
    });
  });
