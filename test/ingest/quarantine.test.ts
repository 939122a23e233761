import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openQuarantine } from '../../ingest/quarantine.ts';
import type { Entry } from '../../model/envelope.ts';
import type { Quarantined } from '../../model/observation.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-quarantine-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const now = 5_000_000;
const open = (maxBytes = 1_000_000) =>
  openQuarantine(join(folder, 'q.db'), { maxBytes, now: () => now });

const item = (seq: number, part = 0, device = 'm1'): Quarantined => ({
  seq,
  part,
  door: 'mqtt',
  protocol: 'mqtt-json',
  device,
  receivedAt: seq * 1_000,
  reason: 'malformed',
  detail: `got ${seq}`,
  bytes: Uint8Array.of(seq),
});

test('keeps what was added once, newest first, with its bytes, over a restart', () => {
  const first = open();
  first.add([item(1), item(2), item(2, 1)]);
  first.add([item(2, 1)]);
  first.close();
  const again = open();
  const kept = [item(2, 1), item(2), item(1)].map((one) => ({
    ...one,
    times: 1,
    lastAt: now,
    requeuedAt: null,
  }));
  expect(again.list({ limit: 10 })).toEqual({ items: kept, next: null });
  again.close();
});

test('pages without gaps or repeats', () => {
  const quarantine = open();
  quarantine.add([1, 2, 3, 4, 5].map((seq) => item(seq)));
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = quarantine.list({ limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ seq }) => seq));
    cursor = page.next ?? undefined;
  } while (cursor);
  expect(seen).toEqual([5, 4, 3, 2, 1]);
  quarantine.close();
});

test('filters by device, by what one may see and by receipt, from inclusive and to exclusive', () => {
  const quarantine = open();
  quarantine.add([item(1), item(2, 0, 'm2'), item(3, 0, 'm3')]);
  const seqs = (query: object) =>
    quarantine.list({ limit: 10, ...query }).items.map(({ seq }) => seq);
  expect(seqs({ device: 'm2' })).toEqual([2]);
  expect(seqs({ devices: ['m1', 'm3'] })).toEqual([3, 1]);
  expect(seqs({ devices: [] })).toEqual([]);
  expect(seqs({ from: 2_000, to: 3_000 })).toEqual([2]);
  quarantine.close();
});

test('expires by receipt, bytes included', () => {
  const quarantine = open();
  quarantine.add([item(1), item(2)]);
  expect(quarantine.expire(2_000)).toBe(1);
  quarantine.add([{ ...item(1), bytes: Uint8Array.of(99) }]);
  expect(quarantine.list({ limit: 10 }).items.at(-1)?.bytes).toEqual(Uint8Array.of(99));
  quarantine.close();
});

const again = (seq: number, first: Quarantined): Entry => ({
  seq,
  door: first.door,
  protocol: first.protocol,
  device: first.device,
  receivedAt: first.receivedAt,
  bytes: first.bytes,
  requeued: true,
});
const refused = (entry: Entry, part = 0, detail = 'still wrong'): Quarantined => ({
  ...item(entry.seq, part, entry.device),
  receivedAt: entry.receivedAt,
  bytes: entry.bytes,
  detail,
});

test('what is read again and understood leaves; what is not comes back as one, counted, in its place', () => {
  const quarantine = open();
  quarantine.add([item(1), item(2), item(2, 1)]);
  const [first, second] = [again(10, item(1)), again(11, item(2))];
  const passed = () => quarantine.add([refused(second, 1)], [first, second]);
  passed();
  // The line may go back over what it passed before a crash.
  passed();
  expect(quarantine.list({ limit: 10 }).items).toMatchObject([
    { seq: 2, part: 1, times: 2, lastAt: now, detail: 'still wrong', receivedAt: 2_000 },
  ]);
  expect(quarantine.summary()).toMatchObject({ given: 4, times: 2, understood: 2, items: 1 });
  const third = again(12, item(2));
  quarantine.add([refused(third, 1)], [third]);
  expect(quarantine.list({ limit: 10 }).items).toMatchObject([{ seq: 2, part: 1, times: 3 }]);
  quarantine.add([], [again(13, item(2))]);
  expect(quarantine.list({ limit: 10 }).items).toEqual([]);
  expect(quarantine.summary()).toMatchObject({ given: 5, times: 0, understood: 5, bytes: 0 });
  quarantine.close();
});

test('only the same bytes of the same device and receipt are the same message', () => {
  const quarantine = open();
  quarantine.add([item(1)]);
  quarantine.add(
    [],
    [
      again(10, { ...item(1), device: 'm2' }),
      again(11, { ...item(1), receivedAt: 1_001 }),
      again(12, { ...item(1), bytes: Uint8Array.of(9) }),
      again(13, { ...item(1), protocol: 'nmea' }),
    ],
  );
  expect(quarantine.list({ limit: 10 }).items).toHaveLength(1);
  quarantine.close();
});

test('what a store refused is not read again, and stays', () => {
  const quarantine = open();
  const kept: Quarantined = { ...item(1, 100_000), reason: 'refused-by-store' };
  quarantine.add([kept, item(2)]);
  expect(quarantine.envelopes({ limit: 10 }).items.map(({ seq }) => seq)).toEqual([2]);
  expect(quarantine.countRefused({ limit: 10 })).toBe(1);
  quarantine.add([], [again(10, kept)]);
  expect(quarantine.list({ limit: 10 }).items.map(({ seq }) => seq)).toEqual([2, 1]);
  quarantine.close();
});

test('a flood drops its own oldest, not what others sent, and what went is counted', () => {
  const quarantine = open(100_000);
  quarantine.add([item(1, 0, 'quiet')]);
  for (let seq = 2; seq <= 1_001; seq++)
    quarantine.add([{ ...item(seq, 0, 'loud'), bytes: new Uint8Array(600).fill(seq) }]);
  const { items } = quarantine.list({ limit: 10_000 });
  const { bytes, given, dropped, times } = quarantine.summary();
  expect(bytes).toBeLessThanOrEqual(100_000);
  expect(items.at(-1)).toMatchObject({ device: 'quiet' });
  expect(items[0]).toMatchObject({ seq: 1_001 });
  expect(items.length).toBeGreaterThan(80);
  expect([given, times + dropped]).toEqual([1_001, 1_001]);
  quarantine.close();
  const reopened = open(100_000);
  expect(reopened.summary().bytes).toBe(bytes);
  reopened.close();
});

test('everything given is here, understood, expired or dropped', () => {
  const quarantine = open();
  quarantine.add([item(1), item(2), item(3), item(4)]);
  quarantine.add([], [again(9, item(4))]);
  quarantine.expire(3_000);
  expect(quarantine.summary()).toMatchObject({ given: 4, times: 1, understood: 1, expired: 2 });
  expect(quarantine.summary(['m2'])).toMatchObject({ items: 0, byReason: {} });
  quarantine.close();
});

test('a quarantine of the first format is taken over, with the protocol told by its bytes', () => {
  const file = new DatabaseSync(join(folder, 'q.db'));
  file.exec(`
    CREATE TABLE envelope (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
    CREATE TABLE quarantine (
      seq INTEGER NOT NULL, part INTEGER NOT NULL, door TEXT NOT NULL, device TEXT NOT NULL,
      received_at INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (seq, part)
    ) WITHOUT ROWID;
    CREATE INDEX quarantine_device ON quarantine (device, seq);
    INSERT INTO envelope VALUES (1, CAST('{}' AS BLOB)), (2, CAST('$GNRMC' AS BLOB)), (3, x'00');
    INSERT INTO quarantine VALUES (1, 0, 'mqtt', 'm1', 10, 'malformed', 'a'), (1, 1, 'mqtt', 'm1', 10, 'conflict', 'b'),
      (2, 0, 'mqtt', 'v1', 20, 'malformed', 'c'), (3, 0, 'modbus', 'm2', 30, 'malformed', 'd');
  `);
  file.close();
  open().close();
  const quarantine = open();
  expect(
    quarantine
      .list({ limit: 10 })
      .items.map(({ seq, part, protocol, detail }) => [seq, part, protocol, detail]),
  ).toEqual([
    [3, 0, 'modbus', 'd'],
    [2, 0, 'nmea', 'c'],
    [1, 1, 'mqtt-json', 'b'],
    [1, 0, 'mqtt-json', 'a'],
  ]);
  expect(quarantine.summary()).toMatchObject({ given: 4, times: 4 });
  quarantine.close();
});
