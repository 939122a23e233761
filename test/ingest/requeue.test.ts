import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPipeline } from '../../ingest/pipeline.ts';
import { openQuarantine } from '../../ingest/quarantine.ts';
import { createQuarantineDesk } from '../../ingest/requeue.ts';
import type { Accept, Entry, Envelope } from '../../model/envelope.ts';
import { AppError } from '../../model/errors.ts';
import type { Accepted } from '../../model/observation.ts';
import { mqttJson as real } from '../../protocols/mqtt-json/index.ts';
import type { Protocol } from '../../protocols/protocol.ts';
import type { Device, Directory } from '../../registry/registry.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-requeue-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const receivedAt = Date.UTC(2026, 10, 22);
const meter = { type: 'meter', meter: { id: 'm1', medium: 'electricity' } } as Device;
const directory = { device: () => meter } as unknown as Directory;

/** A line from the journal to the store, with a codec that can be broken. */
function createLine() {
  let broken = true;
  const codec: Protocol = {
    name: 'mqtt-json',
    decode(bytes, about, at) {
      if (broken) throw new AppError('DECODE_MALFORMED', 'the codec is broken');
      return real.decode(bytes, about, at);
    },
  };
  const protocols = new Map([['mqtt-json' as const, codec]]);
  const kept: Accepted[] = [];
  const pipeline = createPipeline({ protocols, directory: () => directory, newest: new Map() });
  const quarantine = openQuarantine(join(folder, 'q.db'), {
    maxBytes: 1_000_000,
    now: () => receivedAt,
  });
  const journal: Entry[] = [];
  let position = 0;
  const append = async (envelope: Envelope) => {
    const entry = { ...envelope, seq: journal.length + 1 };
    journal.push(entry);
    const passage = await pipeline.pass([entry], async (asked) =>
      kept.filter(({ device, at }) => asked.some((one) => one.device === device && one.at === at)),
    );
    quarantine.add(passage.quarantined, [entry]);
    kept.push(...passage.accepted);
    position = entry.seq;
  };
  const desk = createQuarantineDesk({
    quarantine,
    append,
    head: { seq: () => journal.length },
    position: () => position,
    protocols,
    directory: () => directory,
  });
  return {
    kept,
    append,
    quarantine,
    desk,
    mend: () => {
      broken = false;
    },
    send: (said: unknown) =>
      append({
        door: 'mqtt',
        protocol: 'mqtt-json',
        device: 'm1',
        receivedAt,
        bytes: Buffer.from(JSON.stringify(said)),
      }),
  };
}
const all = { limit: 100 };

test('after the codec was mended everything is read as if it had come then, and a second time changes nothing', async () => {
  const line = createLine();
  await line.send({ at: receivedAt - 60_000, values: { power_kw: 1 } });
  await line.send({ values: { power_kw: 2 } });
  await line.send({ values: { power_kw: 'much' } });
  expect(line.kept).toEqual([]);
  expect(await line.desk.requeue(all, { dryRun: true })).toMatchObject({ matched: 3, requeued: 0 });
  expect(await line.desk.requeue(all, { dryRun: false })).toMatchObject({
    matched: 3,
    requeued: 3,
    understood: 0,
  });
  expect(line.quarantine.list(all).items.map(({ seq, times }) => [seq, times])).toEqual([
    [3, 2],
    [2, 2],
    [1, 2],
  ]);
  line.mend();
  const originals = line.quarantine.envelopes(all).items;
  expect(await line.desk.requeue(all, { dryRun: false })).toMatchObject({
    requeued: 3,
    understood: 2,
    next: null,
  });
  const told = line.kept.map(({ at, receivedAt: then }) => [at, then]);
  expect(told.sort()).toEqual([
    [receivedAt - 60_000, receivedAt],
    [receivedAt, receivedAt],
  ]);
  // Somebody who did not see the first one do it does it again.
  for (const { seq: _, ...envelope } of originals)
    await line.append({ ...envelope, requeued: true });
  expect(line.kept).toHaveLength(2);
  expect(line.quarantine.list(all).items).toMatchObject([{ seq: 3, times: 4 }]);
  line.quarantine.close();
});

test('what an envelope says to today’s codec', async () => {
  const line = createLine();
  await line.send({ at: receivedAt, values: { power_kw: 1 } });
  expect(line.desk.inspect(1)).toMatchObject({
    items: [{ seq: 1, part: 0, reason: 'malformed' }],
    observations: [],
    refused: [{ reason: 'malformed', detail: 'the codec is broken' }],
  });
  line.mend();
  expect(line.desk.inspect(1)).toMatchObject({
    observations: [{ at: receivedAt, values: { power_kw: 1 } }],
    refused: [],
  });
  expect(line.desk.inspect(2)).toBeUndefined();
  line.quarantine.close();
});

test('more than one page goes on with the cursor, and what came back does not come again', async () => {
  const line = createLine();
  for (let n = 0; n < 5; n++) await line.send({ n });
  const first = await line.desk.requeue({ limit: 2 }, { dryRun: false });
  const second = await line.desk.requeue({ limit: 2, cursor: first.next ?? '' }, { dryRun: false });
  const third = await line.desk.requeue({ limit: 2, cursor: second.next ?? '' }, { dryRun: false });
  expect([first, second, third].map(({ requeued }) => requeued)).toEqual([2, 2, 1]);
  expect(third.next).toBeNull();
  expect(line.quarantine.list(all).items.map(({ times }) => times)).toEqual([2, 2, 2, 2, 2]);
  line.quarantine.close();
});

/** A desk whose line takes what is journalled, and comes to nothing yet. */
const deskOf = ({ quarantine }: ReturnType<typeof createLine>, append: Accept) =>
  createQuarantineDesk({
    quarantine,
    append,
    head: { seq: () => 3 },
    position: () => 3,
    protocols: new Map(),
    directory: () => directory,
  });
const marks = ({ quarantine }: ReturnType<typeof createLine>) =>
  quarantine.list(all).items.map(({ seq, requeuedAt }) => [seq, requeuedAt]);

test('a full journal is told, nothing leaves quarantine, and only what the journal took is marked', async () => {
  const line = createLine();
  for (const n of [1, 2, 3]) await line.send({ n });
  let room = 1;
  const desk = deskOf(line, async () => {
    if (room-- <= 0) throw new AppError('JOURNAL_FULL', 'full');
  });
  await expect(desk.requeue(all, { dryRun: false })).rejects.toThrow('full');
  expect(marks(line)).toEqual([
    [3, receivedAt],
    [2, null],
    [1, null],
  ]);
  line.quarantine.close();
});

test('an envelope is marked when it is in the journal, not before: the process may end in between', async () => {
  const line = createLine();
  await line.send({ n: 1 });
  const journalled = Promise.withResolvers<void>();
  const requeued = deskOf(line, () => journalled.promise).requeue(all, { dryRun: false });
  expect(marks(line)).toEqual([[1, null]]);
  journalled.resolve();
  await requeued;
  expect(marks(line)).toEqual([[1, receivedAt]]);
  line.quarantine.close();
});

test('what was set aside again before it could be marked waits for nothing', async () => {
  const line = createLine();
  await line.send({ n: 1 });
  await line.desk.requeue(all, { dryRun: false });
  expect(line.quarantine.list(all).items).toMatchObject([{ seq: 1, times: 2, requeuedAt: null }]);
  line.quarantine.close();
});
