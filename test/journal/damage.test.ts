import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headerBytes, segmentPath } from '../../journal/segment.ts';
import { counting, envelope, numbered, openOn, readAll, readerOf, textOf } from './helpers.ts';
import { type MemoryDisk, memoryDisk } from './memory-disk.ts';
import { fiftyIn, type Place, placesOf, segmentsOf } from './places.ts';

const copyBytes = headerBytes / 2;

/** The records whose every byte is as it was, in a segment of which one header is. */
function soundOf(disk: MemoryDisk, before: ReadonlyMap<string, Buffer>, places: readonly Place[]) {
  const same = (path: string, at: number, bytes: number) => {
    const was = before.get(path)?.subarray(at, at + bytes);
    return (
      was !== undefined &&
      disk.files
        .get(path)
        ?.subarray(at, at + bytes)
        .equals(was) === true
    );
  };
  return places.filter(
    ({ path, at, bytes }) =>
      same(path, at, bytes) && (same(path, 0, copyBytes) || same(path, copyBytes, copyBytes)),
  );
}

const hasHeader = (
  disk: MemoryDisk,
  before: ReadonlyMap<string, Buffer>,
  path: string,
): boolean => {
  const copy = before.get(path)?.subarray(0, copyBytes) ?? Buffer.alloc(0);
  return disk.files.get(path)?.subarray(0, headerBytes).includes(copy) === true;
};

/** Where damage falls: anywhere, or on what everything else hangs on. */
const damages = fc.array(
  fc.record({
    kind: fc.constantFrom('flip', 'zeros', 'noise', 'cut', 'gone'),
    target: fc.constantFrom('anywhere', 'header', 'length', 'checksum', 'tail'),
    file: fc.nat(),
    record: fc.nat(),
    place: fc.nat(),
    bytes: fc.integer({ min: 1, max: 300 }),
  }),
  { minLength: 1, maxLength: 6 },
);
type Damage = typeof damages extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

function apply(disk: MemoryDisk, places: readonly Place[], damage: Damage, isOpen: boolean): void {
  const paths = segmentsOf(disk);
  const path = paths[damage.file % paths.length] ?? '';
  const file = Buffer.from(disk.files.get(path) ?? Buffer.alloc(0));
  if (file.length === 0) return;
  const own = places.filter((place) => place.path === path);
  const record = own[damage.record % own.length]?.at ?? 0;
  const at =
    {
      anywhere: damage.place % file.length,
      header: damage.place % headerBytes,
      length: record + (damage.place % 4),
      checksum: record + 4 + (damage.place % 4),
      tail: file.length - 1 - (damage.place % Math.min(50, file.length)),
    }[damage.target] % file.length;
  const end = Math.min(file.length, at + damage.bytes);
  if (damage.kind === 'flip') file[at] = file.readUInt8(at) ^ (1 << (damage.place % 8));
  else if (damage.kind === 'zeros') file.fill(0, at, end);
  else if (damage.kind === 'noise')
    for (let byte = at; byte < end; byte++) file[byte] = (byte * 167 + damage.place) & 255;
  // Of a file that is written to, the writer knows where it ends; a file that has gone is another matter.
  const isLast = path === paths.at(-1);
  if (damage.kind === 'gone' && !isLast) disk.files.delete(path);
  else if (damage.kind === 'cut' && !(isOpen && isLast)) disk.files.set(path, file.subarray(0, at));
  else disk.files.set(path, file);
}

const journals = fc.record({
  texts: fc.array(fc.string({ maxLength: 60 }), { minLength: 1, maxLength: 40 }),
  segmentBytes: fc.constantFrom(150, 400, 1000, 1 << 20),
});

async function write({ texts, segmentBytes }: { texts: string[]; segmentBytes: number }) {
  const disk = memoryDisk();
  const journal = await openOn(disk, { segmentBytes });
  for (const [index, text] of texts.entries()) {
    const appended = journal.append(envelope(text));
    if (index % 3 !== 1) await appended;
  }
  await journal.append(envelope('the last one'));
  return { disk, journal };
}

test('a reader that meets damage gives exactly what is sound, in order, and accounts for every other position once', async () => {
  await fc.assert(
    fc.asyncProperty(journals, damages, fc.nat(9), async (made, harm, step) => {
      const { disk, journal } = await write(made);
      const places = placesOf(disk);
      const before = new Map(disk.files);
      const { head } = journal.status();
      expect(places.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, n) => n + 1));
      for (const damage of harm) apply(disk, places, damage, true);
      const sound = soundOf(disk, before, places).map(({ seq }) => seq);
      const context = counting();
      const reader = readerOf(disk, journal, context);
      for (let round = 0; round < 2; round++) {
        const seen: number[] = [];
        for (let after = 0; after < head; ) {
          const run = await reader.read(after, { entries: step + 1, bytes: 1 << 20 });
          expect(run.upTo).toBeGreaterThan(after);
          seen.push(...run.entries.map(({ seq }) => seq));
          after = run.upTo;
        }
        // The oldest segments may have been deleted for all a reader knows.
        const from = Number(/(\d{20})/.exec(segmentsOf(disk)[0] ?? '')?.[1]);
        expect(seen).toEqual(sound);
        expect(reader.damage().positions).toBe(head - from + 1 - sound.length);
        expect(context.total('journal_corrupt')).toBe(reader.damage().positions);
        expect(context.total('journal_corrupt_bytes')).toBe(reader.damage().bytes);
      }
      const isInPlace = !harm.some(({ kind }) => kind === 'cut' || kind === 'gone');
      if (isInPlace && sound.length < places.length) {
        expect(reader.damage().bytes).toBeGreaterThan(0);
        expect(context.logged).toContain('error journal: damage passed over');
      }
      // Without a header nothing that follows can be read.
      if (!hasHeader(disk, before, segmentsOf(disk).at(-1) ?? '')) return;
      await journal.append(envelope('afterwards'));
      const next = await reader.read(head, { entries: 9, bytes: 1 << 20 });
      expect(next.entries.map(textOf)).toEqual(['afterwards']);
    }),
    { numRuns: 300 },
  );
});

test('a journal opened on damage keeps all that is sound, and numbers go on behind it', async () => {
  await fc.assert(
    fc.asyncProperty(journals, damages, async (made, harm) => {
      const { disk, journal } = await write(made);
      const places = placesOf(disk);
      await journal.close();
      const before = new Map(disk.files);
      for (const damage of harm) apply(disk, places, damage, false);
      const sound = soundOf(disk, before, places).map(({ seq }) => seq);
      const damaged = memoryDisk(new Map(disk.files));
      const context = counting();
      const again = await openOn(damaged, { segmentBytes: made.segmentBytes }, context);
      const { head, tail, tornBytes } = again.status();
      expect(head).toBeGreaterThanOrEqual(sound.at(-1) ?? 0);
      if (tornBytes > 0) expect(context.total('journal_torn_bytes')).toBe(tornBytes);
      await again.append(envelope('afterwards'));
      const reader = readerOf(damaged, again, context);
      const seen: number[] = [];
      for (let after = 0; after <= head; ) {
        const run = await reader.read(after, { entries: 5, bytes: 1 << 20 });
        expect(run.upTo).toBeGreaterThan(after);
        seen.push(...run.entries.map(({ seq }) => seq));
        after = run.upTo;
      }
      expect(seen).toEqual([...sound, head + 1]);
      expect(reader.damage().positions).toBe(head + 1 - tail + 1 - seen.length);
      const third = await openOn(damaged.crash(0), { segmentBytes: made.segmentBytes });
      expect(third.status().head).toBe(head + 1);
    }),
    { numRuns: 300 },
  );
});

test('a flipped bit in a header takes nothing, and is told', async () => {
  const { disk, journal } = await fiftyIn(1000);
  for (const path of segmentsOf(disk)) {
    const file = disk.files.get(path);
    file?.writeUInt8(file.readUInt8(13) ^ 4, 13);
  }
  const context = counting();
  expect((await readAll(disk, journal, context)).map(textOf)).toEqual(numbered(1, 50));
  expect(context.total('journal_corrupt_bytes')).toBe(copyBytes * journal.status().segments);
  expect(context.total('journal_corrupt')).toBe(0);
  const again = await openOn(memoryDisk(new Map(disk.files)), { segmentBytes: 1000 });
  expect(again.status()).toMatchObject({ head: 50, corrupt: 0, corruptBytes: copyBytes });
});

test('the line of log says which segment, where in it, and which positions', async () => {
  const { disk, journal, places } = await fiftyIn(1000);
  const broken = places[20];
  if (!broken) throw new Error('there are 50');
  disk.files.get(broken.path)?.fill(255, broken.at + 40, broken.at + 41);
  const lines: unknown[] = [];
  const context = {
    ...counting(),
    log: (_level: string, message: string, fields = {}) => lines.push({ message, ...fields }),
  };
  await readAll(disk, journal, context);
  expect(lines).toEqual([
    {
      message: 'journal: damage passed over',
      segment: Number(/(\d{20})/.exec(broken.path)?.[1]),
      offset: broken.at,
      bytes: broken.bytes,
      from: 21,
      positions: 1,
    },
  ]);
});

test('a segment with damage in a thousand places gives a few lines of log, and is read in a moment', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk, { maxBytes: 1 << 28, segmentBytes: 1 << 26 });
  await Promise.all(numbered(1, 4000).map((text) => journal.append(envelope(text.padEnd(2000)))));
  const places = placesOf(disk);
  for (const { path, at } of places.filter(({ seq }) => seq % 4 === 0))
    disk.files.get(path)?.fill(0, at, at + 8);
  const context = counting();
  const before = disk.counts.read;
  expect(await readAll(disk, journal, context, 1000)).toHaveLength(3000);
  expect(context.total('journal_corrupt')).toBe(1000);
  expect(context.logged.length).toBeLessThanOrEqual(11);
  // Once for the chunk, once to find the way: not the whole segment for every place.
  expect(disk.counts.read - before).toBeLessThan(4000);
});

test('a record longer than what is searched at once is found behind damage', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk, { maxBytes: 1 << 28 });
  const sizes = [100, 900_000, 1_000_000, 950_000, 990_000, 1_000_000, 50];
  for (const size of sizes) await journal.append(envelope('', { bytes: Buffer.alloc(size, 7) }));
  const [first] = placesOf(disk);
  const file = disk.files.get(first?.path ?? '');
  file?.fill(0, headerBytes, headerBytes + 3_800_000);
  const context = counting();
  const seqs = (await readAll(disk, journal, context)).map(({ seq }) => seq);
  expect(seqs).toEqual([6, 7]);
  expect(context.total('journal_corrupt')).toBe(5);
});

test('segments written before headers had a copy are read and gone on with', async () => {
  const { disk, journal, places } = await fiftyIn(1 << 20);
  await journal.close();
  const path = segmentPath('/j', 1);
  const file = disk.files.get(path) ?? Buffer.alloc(0);
  const [{ at = 0 } = {}] = places;
  const old = Buffer.concat([file.subarray(0, copyBytes), file.subarray(at)]);
  old.writeUInt32LE(1, 8);
  const { crc32 } = await import('node:zlib');
  old.writeUInt32LE(crc32(old.subarray(0, 32)), 32);
  const disk1 = memoryDisk(new Map([[path, old]]));
  const again = await openOn(disk1);
  await again.append(envelope('message 51'));
  expect((await readAll(disk1, again)).map(textOf)).toEqual(numbered(1, 51));
  expect(again.status()).toMatchObject({ corrupt: 0, corruptBytes: 0, tornBytes: 0, segments: 1 });
});
