import assert from 'node:assert/strict';
import { readFileSync, writeSync } from 'node:fs';
import { describe, test } from 'node:test';
import { formatChecksum } from '#protocol/job-update.ts';
import { TraceSender } from '../../../../../agent/trace/send-trace.ts';
import { TraceSpool } from '../../../../../agent/trace/trace-spool.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { ScriptedCoordinator } from '../../../../support/scripted-coordinator.ts';
import { tempDir, type TempDir } from '../../../../support/temp-dir.ts';

/** A disk with so many bytes of room; writes beyond fail as on a full one. */
class Disk {
  room = Infinity;

  readonly write = (file: number, bytes: Uint8Array): number => {
    const count = Math.min(this.room, bytes.length);
    if (count === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    this.room -= count;
    return writeSync(file, bytes.subarray(0, count));
  };
}

function open(dir: TempDir, limit = 1000) {
  const [disk, clock, states] = [new Disk(), new ManualClock(), [] as string[]];
  const file = dir.file('trace.log');
  const onDisk = (state: string): void => void states.push(state);
  const spool = new TraceSpool({ path: file, limit, clock, write: disk.write, onDisk });
  return { disk, clock, states, file, spool };
}

describe('a trace on a full disk', () => {
  test('keeps every byte, may send what is on disk whole, and writes the rest once there is room', async () => {
    await using dir = await tempDir();
    const { disk, clock, states, file, spool } = open(dir);
    disk.room = 14;
    spool.append(Buffer.from('This is a '));
    spool.append(Buffer.from('basic '));
    spool.append(Buffer.from('log line'));
    assert.deepEqual([spool.size, spool.sendable, spool.unwritten], [24, 10, 10]);
    assert.equal(formatChecksum(spool.checksum), 'crc32:367dfeeb');
    assert.equal(spool.read(0, 100).toString(), 'This is a basic log line');
    assert.equal(spool.read(12, 4).toString(), 'sic ');
    assert.equal(spool.read(16, 3).toString(), 'log');
    disk.room = 4;
    await clock.advance(500);
    assert.deepEqual([spool.sendable, spool.unwritten], [16, 6]);
    disk.room = Infinity;
    await clock.advance(500);
    assert.deepEqual([spool.sendable, spool.unwritten, clock.sleeping], [24, 0, 0]);
    assert.equal(readFileSync(file, 'utf8'), 'This is a basic log line');
    assert.deepEqual(states, ['waiting', 'written']);
    spool.close();
  });

  test('is sent from memory once the disk has been full for half a minute, and from disk again after that', async () => {
    await using dir = await tempDir();
    const { disk, clock, states, spool } = open(dir);
    disk.room = 0;
    spool.append(Buffer.from('all of it'));
    await clock.advance(30_000);
    assert.deepEqual([spool.sendable, states], [0, ['waiting']]);
    await clock.advance(1000);
    assert.deepEqual([spool.sendable, states], [9, ['waiting', 'unsafe']]);
    disk.room = Infinity;
    await clock.advance(500);
    disk.room = 0;
    spool.append(Buffer.from('!'));
    assert.deepEqual([spool.size, spool.sendable], [10, 9]);
    assert.deepEqual(states, ['waiting', 'unsafe', 'written', 'waiting']);
    spool.close();
  });

  test('memory is bounded by the output limit', async () => {
    await using dir = await tempDir();
    const { disk, spool } = open(dir, 20);
    disk.room = 0;
    for (let i = 0; i < 10; i++) spool.append(Buffer.from('0123456789'));
    assert.deepEqual([spool.unwritten, spool.full], [20, true]);
    spool.close();
  });

  test('close writes what the disk takes by then', async () => {
    await using dir = await tempDir();
    const { disk, clock, file, spool } = open(dir);
    disk.room = 0;
    spool.append(Buffer.from('late'));
    disk.room = Infinity;
    spool.close();
    assert.equal(readFileSync(file, 'utf8'), 'late');
    await clock.advance(1000);
    assert.equal(clock.sleeping, 0);
  });

  test('waits for what is written down about it, though the disk has room', async () => {
    await using dir = await tempDir();
    let known = false;
    const clock = new ManualClock();
    const spool = new TraceSpool({ path: dir.file('trace.log'), limit: 1000, clock, mayWrite: () => known });
    spool.append(Buffer.from('text'));
    assert.deepEqual([spool.size, spool.sendable, spool.unwritten], [4, 0, 4]);
    known = true;
    await clock.advance(500);
    assert.deepEqual([spool.sendable, spool.unwritten], [4, 0]);
    spool.close();
  });

  test('the coordinator never has more of it than the disk, and all of it in the end', async () => {
    await using dir = await tempDir();
    const { disk, clock, file, spool } = open(dir);
    const server = new ScriptedCoordinator(clock);
    const sender = new TraceSender({
      coordinator: server.coordinator,
      job: { id: 7, token: 'job-token' },
      spool,
      debugTrace: false,
      clock,
      onStatus: () => {},
    });
    sender.start();
    disk.room = 5;
    for (const text of ['on ', 'disk, ', 'and not']) spool.append(Buffer.from(text));
    sender.notify();
    await clock.advance(5000);
    assert.equal(server.trace.toString(), 'on ');
    await sender.stop();
    const flushed = sender.flush(new AbortController().signal);
    await clock.advance(5000);
    assert.equal(server.trace.toString(), 'on ');
    disk.room = Infinity;
    await clock.advance(2000);
    assert.deepEqual(await flushed, { kind: 'sent' });
    assert.equal(server.trace.toString(), 'on disk, and not');
    assert.equal(readFileSync(file, 'utf8'), 'on disk, and not');
    spool.close();
  });
});
