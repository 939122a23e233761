import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAppError } from '../../model/errors.ts';
import { counting, envelope, numbered, openOn, readAll, readerOf, textOf } from './helpers.ts';
import { memoryDisk, type Operation, systemError } from './memory-disk.ts';

for (const [operation, code] of [
  ['write', 'ENOSPC'],
  ['write', 'EIO'],
  ['sync', 'EIO'],
  ['create', 'EMFILE'],
] as const) {
  test(`${code} on ${operation}: refused, and everything is well again when it ends`, async () => {
    const disk = memoryDisk();
    const context = counting();
    const segmentBytes = operation === 'create' ? 40 : 200;
    const journal = await openOn(disk, { segmentBytes }, context);
    for (const text of numbered(1, 10)) await journal.append(envelope(text));
    disk.fault = (now) => {
      if (now === operation) throw systemError(code);
    };
    const refused = Promise.all(['lost a', 'lost b'].map((text) => journal.append(envelope(text))));
    await expect(refused).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE', retryable: true });
    await expect(journal.append(envelope('lost c'))).rejects.toSatisfy(isAppError);
    expect(journal.status()).toMatchObject({ head: 10, state: 'failing' });
    disk.fault = () => {};
    await journal.append(envelope('message 11'));
    expect(journal.status()).toMatchObject({ head: 11, state: 'ok' });
    expect((await readAll(disk, journal, context)).map(textOf)).toEqual(numbered(1, 11));
    expect(context.total('journal_corrupt')).toBe(0);
    const again = await openOn(disk.crash(0), { segmentBytes });
    expect(again.status()).toMatchObject({ head: 11, corrupt: 0 });
  });
}

test('any sequence of disk faults: acknowledged is there, refused is not, nothing twice', async () => {
  const operations: Operation[] = ['write', 'sync', 'truncate', 'create', 'remove'];
  const round = fc.record({
    failing: fc.subarray(operations),
    lengths: fc.array(fc.nat(60), { minLength: 1, maxLength: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(round, { minLength: 1, maxLength: 25 }),
      fc.constantFrom(200, 600, 1 << 20),
      async (rounds, segmentBytes) => {
        const disk = memoryDisk();
        const journal = await openOn(disk, { segmentBytes });
        const reader = readerOf(disk, journal);
        const acknowledged: string[] = [];
        const seen: string[] = [];
        let after = 0;
        const readOn = async (entries: number) => {
          const run = await reader.read(after, { entries, bytes: 1 << 20 });
          seen.push(...run.entries.map(textOf));
          const moved = run.upTo > after;
          after = run.upTo;
          return moved;
        };
        for (const [index, { failing, lengths }] of rounds.entries()) {
          disk.fault = (operation) => {
            if (failing.includes(operation)) throw systemError('EIO');
          };
          const texts = lengths.map((length, n) => `${index} ${n} ${'x'.repeat(length)}`);
          const results = await Promise.allSettled(
            texts.map((text) => journal.append(envelope(text))),
          );
          acknowledged.push(...texts.filter((_, n) => results[n]?.status === 'fulfilled'));
          if (index % 3 === 0) await readOn(3);
        }
        disk.fault = () => {};
        await journal.append(envelope('last'));
        acknowledged.push('last');
        while (await readOn(5));
        expect(seen).toEqual(acknowledged);
        expect((await readAll(disk, journal)).map(textOf)).toEqual(acknowledged);
        const again = await openOn(disk.crash(0), { segmentBytes });
        expect(again.status()).toMatchObject({ head: acknowledged.length, corrupt: 0 });
      },
    ),
    { numRuns: 200 },
  );
});
