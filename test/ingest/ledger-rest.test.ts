import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hourMs } from '../../model/time.ts';
import { entryOf, noon, nothing, openAt, today } from './ledger-kit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => openAt(join(folder, 'ledger.db'));

/** A fix at so many hours from noon. */
const fixOf = (seq: number, hours: number, acc: boolean | undefined) => {
  const at = noon + hours * hourMs;
  const entry = entryOf(seq, { device: 'v1', receivedAt: at });
  const fix = { type: 'fix', device: 'v1', at, timeSource: 'device', lat: 36, lon: 116 } as const;
  const ignition = acc === undefined ? {} : { acc };
  return { entry, accepted: { ...fix, ...ignition, fixed: true, seq, receivedAt: at } as const };
};
const give = (ledger: ReturnType<typeof open>, ...fixes: readonly ReturnType<typeof fixOf>[]) =>
  ledger.add(
    fixes.at(-1)?.entry.seq ?? 0,
    fixes.map(({ entry }) => entry),
    { ...nothing, accepted: fixes.map(({ accepted }) => accepted) },
  );
const restOf = (ledger: ReturnType<typeof open>) =>
  ledger
    .read('v1', '2026-11-21', '2026-11-23')
    .days.map(({ restedS, observedAtRest }) => [restedS / 3600, observedAtRest]);

test('a vehicle rests from fix to fix with the ignition off, each day its share', () => {
  const ledger = open();
  give(ledger, fixOf(1, -20, true), fixOf(2, -18, false), fixOf(3, -16, false));
  expect(restOf(ledger)).toEqual([
    [2, 1],
    [0, 0],
    [0, 0],
  ]);
  // Midnight lies twelve hours before noon.
  give(ledger, fixOf(4, -4, true), fixOf(5, -3, true), fixOf(6, -2, false));
  expect(restOf(ledger)).toEqual([
    [6, 1],
    [8, 0],
    [0, 0],
  ]);
  expect(ledger.read('v1', today, today).device?.restingSince).toBe(noon - 2 * hourMs);
  give(ledger, fixOf(7, -1, undefined));
  expect(ledger.read('v1', today, today).device?.restingSince).toBeNull();
  ledger.close();
});

test('a late fix changes nothing, and a kill between forgets nothing', () => {
  const before = open();
  give(before, fixOf(1, -10, false));
  const after = open();
  give(after, fixOf(2, -4, true), fixOf(3, -7, true), fixOf(4, -3, true));
  expect(restOf(after)[1]).toEqual([6, 0]);
  after.overview(today);
  give(after, fixOf(5, -2, false));
  after.overview(today);
  const again = open();
  give(again, fixOf(6, -1, false));
  expect(restOf(again)[1]).toEqual([7, 1]);
  before.close();
  after.close();
  again.close();
});

test('one that was laid up for longer than two months did not rest', () => {
  const ledger = open();
  give(ledger, fixOf(1, -24 * 63, false), fixOf(2, 0, true));
  expect(restOf(ledger)).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  ledger.close();
});
