import { expect, test } from 'vitest';
import { dayMs, hourMs } from '../../model/time.ts';
import { counting, envelope, numbered, openOn, readAll, textOf } from './helpers.ts';
import { type MemoryDisk, memoryDisk, systemError } from './memory-disk.ts';
import { segmentsOf } from './places.ts';

const keepDays = 7;

/** A journal with one message in each segment, whose time goes by when told. */
async function opened(disk: MemoryDisk, clock: { ms: number }, more = {}) {
  return openOn(disk, { segmentBytes: 73, keepDays, elapsedMs: () => clock.ms, ...more });
}

async function filled(count: number) {
  const disk = memoryDisk();
  const clock = { ms: 0 };
  const journal = await opened(disk, clock);
  for (const text of numbered(1, count)) await journal.append(envelope(text));
  return { disk, clock, journal };
}

test('segments stay for so long after every sink has passed them, however old what they hold is', async () => {
  const { clock, journal } = await filled(2);
  for (const [n, receivedAt] of [0, 9e15, -5, 1_700_000_000_000, 1].entries())
    await journal.append(envelope(`odd ${n}`, { receivedAt }));
  clock.ms += 30 * dayMs;
  journal.passed(3);
  expect(journal.status().tail).toBe(1);
  clock.ms += 2 * dayMs;
  journal.passed(7);
  clock.ms += 5 * dayMs - 1;
  journal.passed(7);
  expect(journal.status().tail).toBe(1);
  clock.ms += 1;
  journal.passed(7);
  expect(journal.status().tail).toBe(4);
  clock.ms += 2 * dayMs;
  journal.passed(7);
  expect(journal.status()).toMatchObject({ tail: 7, segments: 1 });
});

test('a clock that jumps by days, within a run or between two, deletes nothing early and keeps nothing for ever', async () => {
  const clock = { ms: 0 };
  let wall = 1_700_000_000_000;
  const disk = memoryDisk();
  const context = counting(() => wall);
  const options = { segmentBytes: 73, keepDays, elapsedMs: () => clock.ms };
  let journal = await openOn(disk, options, context);
  for (let n = 1; n <= 40; n++) {
    wall += (n % 3 === 0 ? 400 : -170) * dayMs;
    clock.ms += 12 * hourMs;
    await journal.append(envelope(`${n}`, { receivedAt: wall }));
    journal.passed(n);
    if (n % 7 === 0) {
      await journal.close();
      journal = await openOn(disk, options, context);
      journal.passed(n);
    }
    // Twelve hours a message: fourteen of them, the one that is written to, and the error of the marks.
    const kept = n - journal.status().tail + 1;
    expect(kept).toBeGreaterThanOrEqual(Math.min(n, 14));
    expect(kept).toBeLessThanOrEqual(16);
  }
});

test('what a sink has not passed stays whatever its age, and at the size limit appends are refused instead', async () => {
  const disk = memoryDisk();
  const clock = { ms: 0 };
  const journal = await opened(disk, clock, { maxBytes: 3000 });
  let accepted = 0;
  const fill = async () => {
    for (;;) {
      clock.ms += dayMs;
      try {
        await journal.append(envelope(`message ${accepted + 1}`));
      } catch (error) {
        return error;
      }
      accepted++;
      journal.passed(5);
    }
  };
  expect(await fill()).toMatchObject({ code: 'JOURNAL_FULL' });
  expect(journal.status()).toMatchObject({ tail: 6, state: 'full' });
  expect((await readAll(disk, journal)).map(textOf)).toEqual(numbered(6, accepted));
  journal.passed(8);
  expect(journal.status().tail).toBeGreaterThan(6);
  await journal.append(envelope('goes on'));
});

test('a segment that the system will not delete takes room, is told once, and goes later', async () => {
  const disk = memoryDisk();
  const clock = { ms: 0 };
  const context = counting();
  const options = { segmentBytes: 73, maxBytes: 3000, elapsedMs: () => clock.ms };
  const journal = await openOn(disk, options, context);
  disk.fault = (operation, path) => {
    if (operation === 'remove' && path.endsWith('.seg')) throw systemError('EIO');
  };
  for (let n = 1; n <= 200; n++) {
    await journal.append(envelope(`${n}`)).catch(() => {});
    journal.passed(journal.status().head);
  }
  const onDisk = () =>
    segmentsOf(disk).reduce((sum, path) => sum + (disk.files.get(path)?.length ?? 0), 0);
  // Each failed deletion was counted on once.
  const full = onDisk();
  expect(full).toBeLessThanOrEqual(4000);
  await expect(journal.append(envelope('refused'))).rejects.toMatchObject({ code: 'JOURNAL_FULL' });
  expect(onDisk()).toBe(full);
  expect(context.logged.filter((line) => line.includes('deleted'))).toHaveLength(1);
  disk.fault = () => {};
  for (let n = 0; n < 3; n++) await journal.append(envelope('again')).catch(() => {});
  await journal.append(envelope('room'));
  await journal.close();
  expect(onDisk()).toBeLessThanOrEqual(3000);
});

test('notes that are lost or damaged make the time begin anew, and a failing disk does not stop the journal', async () => {
  const { disk, clock, journal } = await filled(5);
  journal.passed(5);
  clock.ms += 6 * dayMs;
  await journal.close();
  const notes = disk.files.get('/j/retention') ?? Buffer.alloc(0);
  const at = notes.indexOf('openMs') + 8;
  notes.writeUInt8(notes.readUInt8(at) ^ 1, at);
  const again = await opened(disk, clock);
  again.passed(5);
  clock.ms += 2 * dayMs;
  again.passed(5);
  expect(again.status().tail).toBe(1);
  disk.fault = (operation, path) => {
    if (path.includes('retention')) throw systemError('ENOSPC');
    if (operation === 'rename') throw systemError('EIO');
  };
  clock.ms += 5 * dayMs;
  again.passed(5);
  expect(again.status().tail).toBe(6);
  await again.append(envelope('well'));
  await again.close();
});

test('a process or machine that stops at any step of writing and deleting loses nothing', async () => {
  let steps = 1;
  for (let last = 0; last < steps; last++) {
    for (const names of [undefined, 'old'] as const) {
      const disk = memoryDisk();
      const clock = { ms: 0 };
      let done = 0;
      disk.fault = () => {
        if (++done > last && steps > 1) throw systemError('EIO');
      };
      const acknowledged: string[] = [];
      let passed = 0;
      await opened(disk, clock)
        .then(async (journal) => {
          for (let n = 1; n <= 8; n++) {
            await journal.append(envelope(`message ${n}`));
            acknowledged.push(`message ${n}`);
            clock.ms += 2 * dayMs;
            if (n === 3 || n > 5) passed = n - 1;
            journal.passed(passed);
          }
          await journal.close();
        })
        .catch(() => {});
      if (last === 0 && steps === 1) {
        steps = done;
        break;
      }
      const left = disk.crash(names ? 0 : last % 5, names);
      const again = await opened(left, clock);
      const texts = (await readAll(left, again)).map(textOf);
      // A retired message may be there or not; one that no sink has passed must be. One may be there that was not acknowledged.
      for (const text of acknowledged.slice(passed)) expect(texts).toContain(text);
      expect(new Set(texts).size).toBe(texts.length);
      expect([...texts].sort()).toEqual(texts);
      await again.append(envelope('message 9'));
      expect((await readAll(left, again)).map(textOf).at(-1)).toBe('message 9');
      await again.close();
    }
  }
  expect(steps).toBeGreaterThan(60);
});
