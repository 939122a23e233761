import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLedger, tally } from '../../ingest/ledger.ts';
import type { Passage } from '../../ingest/passage.ts';
import type { Accepted } from '../../model/observation.ts';
import { entryOf } from './deliver-kit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const dateOf = () => '2026-11-22';
const stored = (seq: number, ageMs = 0): Accepted => {
  const { device, receivedAt } = entryOf(seq);
  return {
    type: 'sample',
    device,
    at: receivedAt - ageMs,
    timeSource: 'device',
    values: { power_kw: 1 },
    seq,
    receivedAt,
  };
};
const passage: Passage = {
  accepted: [stored(1), stored(1), stored(2, 600_001)],
  duplicates: [entryOf(3)],
  quarantined: [{ ...entryOf(4), part: 0, reason: 'malformed', detail: '' }],
};
const entries = [1, 2, 3, 4, 5].map(entryOf);

test('everything that came is stored, duplicate or set aside', () => {
  const [day] = tally(entries, passage, 0, dateOf);
  expect(day).toEqual({
    device: 'm1',
    date: '2026-11-22',
    received: 5,
    stored: 3,
    duplicate: 1,
    late: 1,
    quarantined: { malformed: 1 },
  });
});

test('what is counted already is not counted again, however a crash cuts the batches', () => {
  const ledger = openLedger(join(folder, 'ledger.db'));
  ledger.add(
    2,
    tally(entries.slice(0, 2), { ...passage, duplicates: [], quarantined: [] }, 0, dateOf),
  );
  ledger.close();
  const again = openLedger(join(folder, 'ledger.db'));
  expect(again.position()).toBe(2);
  again.add(5, tally(entries, passage, again.position(), dateOf));
  again.add(5, tally(entries, passage, 0, dateOf));
  expect(again.read('m1', '2026-11-22')).toMatchObject({
    received: 5,
    stored: 3,
    duplicate: 1,
    quarantined: { malformed: 1 },
  });
  expect(again.read('m1', '2026-11-23')).toMatchObject({ received: 0, stored: 0, quarantined: {} });
  again.close();
});
