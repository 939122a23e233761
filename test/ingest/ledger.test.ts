import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerDay } from '../../ingest/ingest.ts';
import { catchUpLedger } from '../../ingest/ledger-catch-up.ts';
import type { Passage } from '../../ingest/passage.ts';
import { quiet } from '../../model/context.ts';
import type { Entry } from '../../model/envelope.ts';
import { missingBefore } from '../../model/serials.ts';
import { dayMs, minuteMs } from '../../model/time.ts';
import { aside, entryOf, noon, nothing, openAt, stored, today } from './ledger-kit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => openAt(join(folder, 'ledger.db'));

const [one, two, three, four, five] = [1, 2, 3, 4, 5].map((seq) => entryOf(seq)) as [
  Entry,
  Entry,
  Entry,
  Entry,
  Entry,
];
const entries = [one, two, three, four, five];
const passage: Passage = {
  accepted: [stored(one), stored(one), stored(two, 10 * minuteMs + 1)],
  duplicates: [two, three],
  quarantined: [aside(one), aside(four), aside(four, 1)],
  continued: new Set(),
  serials: [],
};
const day: LedgerDay = {
  device: 'm1',
  date: today,
  journalled: 5,
  messages: { stored: 2, duplicate: 1, quarantined: 1, empty: 1 },
  requeued: 0,
  received: 8,
  stored: 3,
  duplicate: 2,
  quarantined: { malformed: 3 },
  late: 1,
  observed: 3,
  restedS: 0,
  observedAtRest: 0,
  serialGaps: null,
};
const dayOf = (ledger: ReturnType<typeof open>, device = 'm1', date = today) =>
  ledger.read(device, date, date).days[0];

test('messages and observations are counted apart, each by what came of it', () => {
  const ledger = open();
  ledger.add(5, entries, passage);
  expect(dayOf(ledger)).toEqual(day);
  expect(ledger.overview(today)).toEqual([
    { ...day, firstAt: noon + 2 - 10 * minuteMs - 1, restingSince: null },
  ]);
  expect(dayOf(ledger), 'from the table').toEqual(day);
  expect(dayOf(ledger, 'm1', '2026-11-23')).toMatchObject({ journalled: 0, quarantined: {} });
  expect(ledger.read('nobody', today, today)).toMatchObject({ device: null });
  ledger.close();
});

test('what is counted already is not counted again, however a crash cuts the batches', () => {
  const ledger = open();
  ledger.add(2, entries.slice(0, 2), {
    ...passage,
    duplicates: [two],
    quarantined: [aside(one)],
  });
  // No close: the process is gone.
  const again = open();
  expect(again.position()).toBe(2);
  again.add(5, entries, passage);
  again.add(5, entries, passage);
  expect(dayOf(again)).toEqual(day);
  again.close();
  ledger.close();
});

test('a batch that could not be kept is counted once when it is offered again', () => {
  const ledger = open();
  const other = new DatabaseSync(join(folder, 'ledger.db'));
  other.exec(
    "CREATE TRIGGER full BEFORE INSERT ON added BEGIN SELECT RAISE(ABORT, 'disk full'); END",
  );
  expect(() => ledger.add(5, entries, passage)).toThrow('disk full');
  expect(() => ledger.add(5, entries, passage)).toThrow('disk full');
  expect(ledger.position()).toBe(0);
  other.exec('DROP TRIGGER full');
  other.close();
  ledger.add(5, entries, passage);
  expect(dayOf(ledger)).toEqual(day);
  ledger.close();
});

test('an observation counts where it was received, and is observed on the day of its own time', () => {
  const ledger = open();
  ledger.add(1, [one], { ...nothing, accepted: [stored(one, dayMs)] });
  expect(dayOf(ledger)).toMatchObject({ stored: 1, late: 1, observed: 0 });
  expect(dayOf(ledger, 'm1', '2026-11-21')).toMatchObject({
    journalled: 0,
    stored: 0,
    observed: 1,
  });
  expect(ledger.read('m1', '2026-11-20', today).days.map(({ date }) => date)).toEqual([
    '2026-11-20',
    '2026-11-21',
    today,
  ]);
  ledger.close();
});

test('a reading in several messages is observed once: it hides no instant that never came', () => {
  const ledger = open();
  const parts = [one, two, three].map((entry) => ({ ...stored(entry), at: noon }));
  ledger.add(3, entries.slice(0, 3), {
    ...nothing,
    accepted: parts,
    continued: new Set(parts.slice(1)),
  });
  expect(dayOf(ledger)).toMatchObject({ stored: 3, observed: 1 });
  ledger.close();
});

test('the day is that of the zone: midnight in Shanghai, not in Greenwich', () => {
  const ledger = open();
  const before = entryOf(1, { receivedAt: Date.UTC(2026, 10, 22, 15, 59, 59) });
  const after = entryOf(2, { receivedAt: Date.UTC(2026, 10, 22, 16) });
  ledger.add(2, [before, after], nothing);
  expect(dayOf(ledger)?.journalled).toBe(1);
  expect(dayOf(ledger, 'm1', '2026-11-23')?.journalled).toBe(1);
  ledger.close();
});

test('what is read again from quarantine counts on the day it first came', () => {
  const ledger = open();
  const again = entryOf(9, { receivedAt: noon - dayMs, requeued: true });
  ledger.add(9, [again], { ...nothing, accepted: [stored(again)] });
  expect(dayOf(ledger, 'm1', '2026-11-21')).toMatchObject({
    journalled: 1,
    requeued: 1,
    stored: 1,
  });
  expect(dayOf(ledger)?.journalled).toBe(0);
  ledger.close();
});

describe('numbers of messages', () => {
  const numbered = (entry: Entry, number: number) => ({
    seq: entry.seq,
    serial: { number, of: 65_536 },
  });

  test('what never came is missed, over restarts; a repetition says nothing', () => {
    const ledger = open();
    ledger.add(2, [one, two], { ...nothing, serials: [numbered(one, 7), numbered(two, 8)] });
    expect(dayOf(ledger)?.serialGaps).toEqual({ count: 0, missing: 0 });
    const again = open();
    again.add(5, [three, four, five], {
      ...nothing,
      serials: [numbered(three, 8), numbered(four, 12), numbered(five, 13)],
    });
    expect(dayOf(again)?.serialGaps).toEqual({ count: 1, missing: 3 });
    const third = open();
    third.overview(today);
    third.add(6, [entryOf(6)], { ...nothing, serials: [numbered(entryOf(6), 15)] });
    expect(dayOf(third)?.serialGaps).toEqual({ count: 2, missing: 4 });
    for (const each of [ledger, again, third]) each.close();
  });

  test('they wrap, and begin at 0 when the device is switched on', () => {
    expect(missingBefore(65_535, 0, 65_536)).toBe(0);
    expect(missingBefore(65_534, 1, 65_536)).toBe(2);
    expect(missingBefore(500, 0, 65_536)).toBe(0);
    expect(missingBefore(500, 500, 65_536)).toBeUndefined();
    expect(missingBefore(500, 400, 65_536)).toBeUndefined();
    expect(missingBefore(undefined, 400, 65_536)).toBe(0);
  });
});

test('days are forgotten by their date', () => {
  const ledger = open();
  ledger.add(1, [entryOf(1, { receivedAt: noon - dayMs })], nothing);
  ledger.add(2, [two], nothing);
  ledger.overview(today);
  ledger.expire(today);
  expect(dayOf(ledger, 'm1', '2026-11-21')?.journalled).toBe(0);
  expect(dayOf(ledger)?.journalled).toBe(1);
  ledger.close();
});

test('after a loss of power, what the store has and the ledger has not is counted again', async () => {
  const ledger = open();
  ledger.add(1, [one], { ...nothing, accepted: [stored(one)], duplicates: [one] });
  const kept = [stored(one), stored(two), { ...stored(three), at: stored(one).at }];
  const parts = {
    reader: {
      read: async (after: number, { entries: most }: { entries: number }) => {
        const run = entries.filter(({ seq }) => seq > after).slice(0, Math.min(2, most));
        return { entries: run, upTo: run.at(-1)?.seq ?? after };
      },
      close: async () => {},
    },
    store: {
      position: async () => 4,
      accepted: async (after: number, upTo: number) =>
        kept.filter(({ seq }) => seq > after && seq <= upTo),
      known: async (asked: readonly { readonly at: number }[]) =>
        kept.filter((one) => asked.some(({ at }) => at === one.at)),
    },
    quarantine: {
      setAsideBetween: (after: number, upTo: number) =>
        [{ seq: 4, reason: 'conflict' as const }].filter(({ seq }) => seq > after && seq <= upTo),
    },
    ledger,
  };
  await catchUpLedger(parts, quiet);
  await catchUpLedger(parts, quiet);
  expect(ledger.position()).toBe(4);
  expect(dayOf(ledger)).toMatchObject({
    journalled: 4,
    messages: { stored: 3, duplicate: 0, quarantined: 1, empty: 0 },
    stored: 3,
    observed: 2,
    duplicate: 1,
    quarantined: { conflict: 1 },
  });
  ledger.close();
});
