import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LedgerDay } from '../../ingest/ingest.ts';
import type { Passage } from '../../ingest/passage.ts';
import type { Entry } from '../../model/envelope.ts';
import { dayMs, minuteMs } from '../../model/time.ts';
import { aside, entryOf, openAt, stored, today } from './ledger-kit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanjia-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const open = () => openAt(join(folder, 'ledger.db'));

test('the sums hold for any mix, any batches, any kills and whenever the table is written', () => {
  const part = fc.constantFrom('stored', 'late', 'yesterday', 'duplicate', 'malformed', 'conflict');
  const message = fc.record({
    device: fc.constantFrom('m1', 'm2', 'v1'),
    parts: fc.array(part, { maxLength: 4 }),
    next: fc.constantFrom('go on', 'go on', 'kill', 'write', 'batch'),
  });
  const run = fc.property(fc.array(message, { minLength: 1, maxLength: 60 }), (messages) => {
    rmSync(join(folder, 'ledger.db'), { force: true });
    rmSync(join(folder, 'ledger.db-wal'), { force: true });
    rmSync(join(folder, 'ledger.db-shm'), { force: true });
    let ledger = open();
    const said = messages.map(({ device, parts }, index) => ({
      entry: entryOf(index + 1, { device }),
      parts,
    }));
    const passageOf = (from: number, to: number): [Entry[], Passage] => {
      const run = said.slice(from, to);
      const of = (...kinds: readonly string[]) =>
        run.flatMap(({ entry, parts }) =>
          parts.filter((kind) => kinds.includes(kind)).map((kind) => ({ entry, kind })),
        );
      const age = { stored: 0, late: 11 * minuteMs, yesterday: dayMs };
      return [
        run.map(({ entry }) => entry),
        {
          accepted: of('stored', 'late', 'yesterday').map(({ entry, kind }) =>
            stored(entry, age[kind as keyof typeof age]),
          ),
          duplicates: of('duplicate').map(({ entry }) => entry),
          quarantined: of('malformed', 'conflict').map(({ entry, kind }) =>
            aside(entry, 0, kind as 'malformed' | 'conflict'),
          ),
          continued: new Set(),
          serials: [],
        },
      ];
    };
    let position = 0;
    messages.forEach(({ next }, index) => {
      if (next === 'go on') return;
      ledger.add(index + 1, ...passageOf(position, index + 1));
      if (next === 'write') ledger.overview(today);
      if (next === 'kill') {
        // The store had not come so far: everything since is offered again, with what the ledger has counted.
        ledger = open();
        ledger.add(index + 1, ...passageOf(position, index + 1));
        return;
      }
      position = index + 1;
    });
    ledger.add(said.length, ...passageOf(position, said.length));
    const days = ['m1', 'm2', 'v1'].flatMap(
      (device) => ledger.read(device, '2026-11-21', today).days,
    );
    const sum = (of: (one: LedgerDay) => number) => days.reduce((total, one) => total + of(one), 0);
    const all = said.flatMap(({ parts }) => parts);
    const count = (...kinds: readonly string[]) =>
      all.filter((kind) => kinds.includes(kind)).length;
    expect(sum(({ journalled }) => journalled)).toBe(said.length);
    expect(sum(({ messages: by }) => by.stored + by.duplicate + by.quarantined + by.empty)).toBe(
      said.length,
    );
    expect(sum(({ messages: by }) => by.empty)).toBe(
      said.filter(({ parts }) => parts.length === 0).length,
    );
    expect(sum(({ stored: by }) => by)).toBe(count('stored', 'late', 'yesterday'));
    expect(sum(({ observed }) => observed)).toBe(count('stored', 'late', 'yesterday'));
    expect(sum(({ late }) => late)).toBe(count('late', 'yesterday'));
    expect(sum(({ duplicate }) => duplicate)).toBe(count('duplicate'));
    expect(sum(({ quarantined: by }) => (by.malformed ?? 0) + (by.conflict ?? 0))).toBe(
      count('malformed', 'conflict'),
    );
    expect(sum(({ received }) => received)).toBe(all.length);
    ledger.close();
  });
  fc.assert(run, { numRuns: 25 });
}, 60_000);
