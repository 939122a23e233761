import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openQuarantine } from '../../ingest/quarantine.ts';
import type { Quarantined } from '../../model/observation.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-quarantine-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const item = (seq: number, part = 0, device = 'm1'): Quarantined => ({
  seq,
  part,
  door: 'mqtt',
  device,
  receivedAt: seq * 1_000,
  reason: 'malformed',
  detail: `got ${seq}`,
  bytes: Uint8Array.of(seq),
});

test('keeps what was added once, newest first, with its bytes, over a restart', () => {
  const first = openQuarantine(join(folder, 'q.db'));
  first.add([item(1), item(2), item(2, 1)]);
  first.add([item(2, 1)]);
  first.close();
  const again = openQuarantine(join(folder, 'q.db'));
  expect(again.list({ limit: 10 })).toEqual({ items: [item(2, 1), item(2), item(1)], next: null });
  again.close();
});

test('pages without gaps or repeats', () => {
  const quarantine = openQuarantine(join(folder, 'q.db'));
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
  const quarantine = openQuarantine(join(folder, 'q.db'));
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
  const quarantine = openQuarantine(join(folder, 'q.db'));
  quarantine.add([item(1), item(2)]);
  expect(quarantine.expire(2_000)).toBe(1);
  quarantine.add([{ ...item(1), bytes: Uint8Array.of(99) }]);
  expect(quarantine.list({ limit: 10 }).items.at(-1)?.bytes).toEqual(Uint8Array.of(99));
  quarantine.close();
});
