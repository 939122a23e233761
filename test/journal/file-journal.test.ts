import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayMs } from '../../model/time.ts';
import { counting, envelope, numbered, openOn, readAll, textOf } from './helpers.ts';
import { memoryDisk, systemError } from './memory-disk.ts';

test('what was appended is read in order, with everything it came with', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk);
  const resend = { client: 'c', packetId: 7, dup: true };
  await journal.append(envelope('one'));
  await journal.append(
    envelope('two', { door: 'jt808', protocol: 'jt808', device: '车1', resend }),
  );
  const entries = await readAll(disk, journal);
  expect(entries.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(entries[1]).toMatchObject({ door: 'jt808', protocol: 'jt808', device: '车1', resend });
  expect(journal.status()).toMatchObject({
    head: 2,
    tail: 1,
    segments: 1,
    state: 'ok',
    corrupt: 0,
  });
});

test('appends that gather while the disk is busy share one write and one sync', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk);
  const before = disk.counts.sync;
  await Promise.all(numbered(1, 500).map((text) => journal.append(envelope(text))));
  expect(disk.counts.sync - before).toBe(1);
  expect(await readAll(disk, journal)).toHaveLength(500);
});

test('nothing is acknowledged before it is synced', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk);
  const order: string[] = [];
  disk.fault = (operation) => {
    if (operation === 'sync') order.push('synced');
  };
  await journal.append(envelope('one')).then(() => order.push('acknowledged'));
  expect(order).toEqual(['synced', 'acknowledged']);
});

/** When syncs began, while as many as given send again as soon as they are acknowledged. */
async function syncsOf(senders: number, messages: number): Promise<readonly number[]> {
  const disk = memoryDisk();
  const journal = await openOn(disk);
  const begun: number[] = [];
  disk.fault = (operation) => {
    if (operation === 'sync') begun.push(performance.now());
  };
  const send = async (_: unknown, sender: number) => {
    for (let n = 0; n < messages; n++) await journal.append(envelope(`${sender} ${n}`));
  };
  await Promise.all(Array.from({ length: senders }, send));
  expect(await readAll(disk, journal)).toHaveLength(senders * messages);
  return begun;
}

test('where several wait syncs keep their distance; who sends alone never waits for it', async () => {
  const crowd = await syncsOf(3, 40);
  const alone = await syncsOf(1, 40);
  const tookOf = (begun: readonly number[]) => (begun.at(-1) ?? 0) - (begun[0] ?? 0);
  expect(crowd).toHaveLength(40);
  expect(alone).toHaveLength(40);
  // Timers may be early by what the clock of the event loop is behind.
  expect(tookOf(crowd) / 39).toBeGreaterThan(2);
  expect(tookOf(alone)).toBeLessThan(tookOf(crowd) / 2);
});

test('after a crash at any byte everything acknowledged is there, nothing invented, and numbers go on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 5 }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.nat(400),
      fc.constantFrom(300, 1000, 1 << 20),
      async (batches, kept, segmentBytes) => {
        const disk = memoryDisk();
        const journal = await openOn(disk, { segmentBytes });
        const acknowledged: string[] = [];
        for (const batch of batches.slice(0, -1)) {
          await Promise.all(batch.map((text) => journal.append(envelope(text))));
          acknowledged.push(...batch);
        }
        // The last batch is written and never synced: the machine stops.
        const last = batches.at(-1) ?? [];
        disk.fault = (operation) => {
          if (operation === 'sync') throw systemError('EIO');
        };
        await Promise.allSettled(last.map((text) => journal.append(envelope(text))));
        const after = disk.crash(kept);
        const again = await openOn(after, { segmentBytes });
        await again.append(envelope('afterwards'));
        const texts = (await readAll(after, again)).map(textOf);
        const sent = [...acknowledged, ...last];
        expect(texts.at(-1)).toBe('afterwards');
        expect(texts.slice(0, acknowledged.length)).toEqual(acknowledged);
        expect(texts.slice(0, -1)).toEqual(sent.slice(0, texts.length - 1));
        expect(again.status().head).toBe(texts.length);
      },
    ),
    { numRuns: 150 },
  );
});

test('what sinks are given after a kill is on disk first: a loss of power does not take it from behind them', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk);
  await journal.append(envelope('message 1'));
  const synced = new Map(disk.files);
  disk.fault = (operation) => {
    if (operation === 'sync') throw systemError('EIO');
  };
  await expect(journal.append(envelope('message 2'))).rejects.toThrow('EIO');
  const killed = memoryDisk(new Map(disk.files), synced);
  const given = (await readAll(killed, await openOn(killed))).map(textOf);
  expect(given).toEqual(numbered(1, 2));
  const left = killed.crash(0);
  expect((await readAll(left, await openOn(left))).map(textOf)).toEqual(given);
});

test('a torn tail is cut at every byte', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk);
  for (const text of numbered(1, 3)) await journal.append(envelope(text));
  const [[path, whole] = ['', Buffer.alloc(0)]] = [...disk.files];
  for (let length = 0; length < whole.length; length++) {
    const cut = memoryDisk(new Map([[path, whole.subarray(0, length)]]));
    const again = await openOn(cut);
    const kept = again.status().head;
    await again.append(envelope('next'));
    const texts = (await readAll(cut, again)).map(textOf);
    expect(texts).toEqual([...numbered(1, kept), 'next']);
    expect(again.status().corrupt).toBe(0);
  }
});

test('passed segments are deleted when they are old enough, and the last one stays', async () => {
  let now = 0;
  const disk = memoryDisk();
  const context = counting();
  const options = { segmentBytes: 150, elapsedMs: () => now };
  const journal = await openOn(disk, options, context);
  for (const text of numbered(1, 12)) await journal.append(envelope(text));
  journal.passed(6);
  expect(journal.status().tail).toBe(1);
  now += 3 * dayMs;
  journal.passed(12);
  await journal.close();
  const again = await openOn(disk, options, context);
  again.passed(12);
  now += 4 * dayMs - 1;
  again.passed(12);
  expect(again.status().tail).toBe(1);
  now += 1;
  again.passed(12);
  expect(again.status().tail).toBeGreaterThan(1);
  expect(again.status().tail).toBeLessThanOrEqual(7);
  now += 3 * dayMs;
  again.passed(12);
  expect(again.status().segments).toBe(1);
  await again.append(envelope('message 13'));
  const seqs = (await readAll(disk, again)).map(({ seq }) => seq);
  expect(seqs.at(-1)).toBe(13);
  await again.close();
  expect([...disk.files.keys()].filter((path) => path.endsWith('.seg'))).toHaveLength(1);
});

test('at the size limit passed segments go first; then appends are refused until sinks have passed', async () => {
  const disk = memoryDisk();
  const context = counting();
  const journal = await openOn(disk, { maxBytes: 2000 }, context);
  const acknowledged: string[] = [];
  let full: unknown;
  for (let n = 1; n <= 100 && !full; n++) {
    await journal.append(envelope(`message ${n}`)).then(
      () => acknowledged.push(`message ${n}`),
      (error: unknown) => {
        full = error;
      },
    );
  }
  expect(full).toMatchObject({ code: 'JOURNAL_FULL', retryable: true });
  const { bytes, head } = journal.status();
  expect(bytes).toBeLessThanOrEqual(2000);
  expect(journal.status().state).toBe('full');
  expect((await readAll(disk, journal)).map(textOf)).toEqual(acknowledged);
  journal.passed(head >> 1);
  expect(journal.status().state).toBe('ok');
  await journal.append(envelope('more'));
  expect(journal.status().tail).toBeGreaterThan(1);
  expect(context.logged.filter((line) => line.includes('full'))).toHaveLength(1);
});

test('close waits for what was taken, and takes nothing more', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk);
  const taken = journal.append(envelope('one'));
  await journal.close();
  await expect(taken).resolves.toBeUndefined();
  await expect(journal.append(envelope('two'))).rejects.toMatchObject({
    code: 'JOURNAL_UNAVAILABLE',
  });
});

test('too much waiting is refused instead of filling memory', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk, { maxBytes: 1 << 30 });
  const large = Buffer.alloc(1 << 19);
  const results = await Promise.allSettled(
    Array.from({ length: 200 }, () => journal.append(envelope('', { bytes: large }))),
  );
  const refused = results.filter(({ status }) => status === 'rejected').length;
  expect(refused).toBeGreaterThan(50);
  expect(journal.status().head).toBe(200 - refused);
});

test('who hands in many is told of them together and in order, also that none of them count', async () => {
  const disk = memoryDisk();
  const journal = await openOn(disk);
  const told: string[] = [];
  const waiterOf = (name: string) => ({
    settle: (count: number, error: unknown) => told.push(`${name} ${count}${error ? ' not' : ''}`),
  });
  const [a, b] = [waiterOf('a'), waiterOf('b')];
  const take = (text: string, waiter: typeof a) =>
    expect(journal.take(envelope(text), waiter)).toBe(true);
  for (const text of ['1', '2', '3']) take(text, a);
  take('4', b);
  take('5', a);
  await journal.append(envelope('6'));
  expect(told).toEqual(['a 3', 'b 1', 'a 1']);
  disk.fault = (operation) => {
    if (operation !== 'sync') return;
    // Comes while the batch before it is being written, and goes with it.
    if (told.length === 3) take('lost', b);
    throw systemError('EIO');
  };
  take('lost', a);
  await expect(journal.append(envelope('lost'))).rejects.toMatchObject({ retryable: true });
  await new Promise(setImmediate);
  expect(told.slice(3)).toEqual(['a 1 not', 'b 1 not']);
  disk.fault = () => {};
  take('7', b);
  await journal.close();
  expect(journal.take(envelope('8'), b)).toBe(false);
  expect((await readAll(disk, journal)).map(textOf)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
});
