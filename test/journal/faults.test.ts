import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileOf } from '../../journal/file-system.ts';
import { isAppError } from '../../model/errors.ts';
import { counting, envelope, numbered, openOn, readAll, readerOf, textOf } from './helpers.ts';
import { memoryDisk, type Operation, systemError } from './memory-disk.ts';

for (const [operation, code] of [
  ['write', 'ENOSPC'],
  ['write', 'EIO'],
  ['sync', 'EIO'],
  ['sync', 'ENOSPC'],
  ['create', 'EMFILE'],
  ['create', 'ENOSPC'],
  ['syncDirectory', 'EIO'],
] as const) {
  test(`${code} on ${operation}: refused, and everything is well again when it ends`, async () => {
    const disk = memoryDisk();
    const context = counting();
    const segmentBytes = operation === 'create' || operation === 'syncDirectory' ? 40 : 200;
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
  const operations: Operation[] = [
    'write',
    'sync',
    'truncate',
    'create',
    'remove',
    'rename',
    'syncDirectory',
  ];
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

for (const code of ['ENOSPC', 'EIO', 'EMFILE']) {
  test(`a start where nothing can be written (${code}) serves what is there, and goes on when it can`, async () => {
    const before = memoryDisk();
    const first = await openOn(before, { segmentBytes: 200 });
    for (const text of numbered(1, 10)) await first.append(envelope(text));
    const disk = before.crash(0);
    disk.fault = (operation) => {
      if (!['open', 'read', 'list'].includes(operation)) throw systemError(code);
    };
    const journal = await openOn(disk, { segmentBytes: 200, continueAfter: 20 });
    expect(journal.status()).toMatchObject({ head: 20, state: 'failing' });
    await expect(journal.append(envelope('refused'))).rejects.toSatisfy(isAppError);
    expect((await readAll(disk, journal)).map(textOf)).toEqual(numbered(1, 10));
    disk.fault = () => {};
    await journal.append(envelope('well again'));
    expect(journal.status()).toMatchObject({ head: 21, state: 'ok' });
    expect((await readAll(disk, journal)).map(textOf)).toEqual([...numbered(1, 10), 'well again']);
  });
}

test('after a failed sync nothing more goes into that file, though the next sync succeeds', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk);
  await journal.append(envelope('safe'));
  const [path = ''] = disk.files.keys();
  disk.fault = (operation) => {
    if (operation === 'sync') throw systemError('EIO');
  };
  await expect(journal.append(envelope('lost'))).rejects.toSatisfy(isAppError);
  const written: string[] = [];
  disk.fault = (operation, where) => {
    if (operation === 'write') written.push(where);
  };
  await journal.append(envelope('elsewhere'));
  expect(written).not.toContain(path);
  expect((await readAll(disk, journal)).map(textOf)).toEqual(['safe', 'elsewhere']);
});

const largeBytes = 300 << 10;

test.each([
  ['few bytes, at once', 97, 7],
  ['many bytes, by another thread, and the last of them at once', largeBytes, 70_000],
])(
  'what the system writes and reads in parts is done to the end, and no progress is a failure: %s',
  async (_, size, part) => {
    const content = Buffer.alloc(size + 3);
    const write = (bytes: NodeJS.ArrayBufferView, from: number, length: number, at: number) => {
      const bytesWritten = Math.min(part, length);
      content.set((bytes as Uint8Array).subarray(from, from + bytesWritten), at);
      return bytesWritten;
    };
    const writtenElsewhere: number[] = [];
    const handle = {
      fd: 9,
      write: async (bytes: Uint8Array, from: number, length: number, at: number) => {
        writtenElsewhere.push(length);
        return { bytesWritten: write(bytes, from, length, at), buffer: bytes };
      },
      read: async (target: Uint8Array, from: number, length: number, at: number) => {
        const bytesRead = Math.min(part, length, content.length - at);
        target.set(content.subarray(at, at + bytesRead), from);
        return { bytesRead, buffer: target };
      },
    };
    const file = fileOf(asHandle(handle), (fd, ...rest) => {
      expect(fd).toBe(9);
      return write(...rest);
    });
    const bytes = Buffer.alloc(size, 'all of it');
    await file.write(bytes, 3);
    expect(writtenElsewhere).toEqual(size === largeBytes ? [largeBytes] : []);
    const back = Buffer.alloc(size + 200);
    expect(await file.read(back, 3)).toBe(size);
    expect(back.subarray(0, size)).toEqual(bytes);
    const stuck = { ...handle, write: async () => ({ bytesWritten: 0 }) };
    const idle = fileOf(asHandle(stuck), () => 0);
    await expect(idle.write(bytes, 0)).rejects.toThrow('writes nothing');
  },
);

const asHandle = (handle: unknown) => handle as Parameters<typeof fileOf>[0];
