import type { DatabaseSync } from 'node:sqlite';
import type { Entry } from '../model/envelope.ts';
import type { Quarantined, QuarantineReason } from '../model/observation.ts';
import type { Quarantine, QuarantineSummary } from './ingest.ts';
import { itemBytes, openQuarantineFile } from './quarantine-file.ts';
import { createQuarantineQueries, readable } from './quarantine-query.ts';

export interface QuarantineOptions {
  /** Bytes all items together may take; beyond it the oldest of the device with the most go. */
  readonly maxBytes: number;
  readonly now: () => number;
}

export interface OpenQuarantine extends Quarantine {
  /** Removes what was received before. @returns how many items */
  expire(before: number): number;
  close(): void;
}

/** Dropping begins at the limit and ends here, so that a flood is not dropped one by one. */
const keptShare = 0.95;
const droppedAtOnce = 1_000;

/** Quarantine in a SQLite file. */
export function openQuarantine(file: string, { maxBytes, now }: QuarantineOptions): OpenQuarantine {
  const database = openQuarantineFile(file);
  const state: State = { sql: prepare(database), shares: sharesOf(database), now };
  const { sql } = state;
  const inTransaction = <T>(work: () => T): T => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has ended it already.
      if (database.isTransaction) database.exec('ROLLBACK');
      state.shares = sharesOf(database);
      throw error;
    }
  };
  return {
    add(items, entries = []) {
      const again = entries.filter(({ requeued }) => requeued);
      if (items.length === 0 && again.length === 0) return;
      const bySeq = Map.groupBy(items, ({ seq }) => seq);
      inTransaction(() => {
        for (const entry of again) {
          readAgain(state, entry, bySeq.get(entry.seq) ?? []);
          bySeq.delete(entry.seq);
        }
        for (const [seq, parts] of bySeq) for (const item of parts) put(state, item, seq, 0);
        if (state.shares.total() > maxBytes) dropOldest(state, maxBytes * keptShare);
      });
    },
    ...createQuarantineQueries(database),
    requeued: (seqs, after) =>
      inTransaction(() => {
        for (const seq of seqs) sql.setRequeued.run(now(), seq, after);
      }),
    summary: (devices) => summary(database, devices, state.shares.total(), maxBytes),
    expire(before) {
      const items = inTransaction(() => expire(state, before));
      state.shares = sharesOf(database);
      return items;
    },
    close: () => database.close(),
  };
}

interface State {
  readonly sql: ReturnType<typeof prepare>;
  shares: Shares;
  readonly now: () => number;
}

/**
 * @param under position its envelope is kept under
 * @param before how often it was set aside before
 */
function put({ sql, shares, now }: State, item: Quarantined, under: number, before: number): void {
  const { seq, part, door, protocol, device, receivedAt, reason, detail, bytes } = item;
  const isNew = sql.addEnvelope.run(under, door, protocol, device, receivedAt, bytes).changes === 1;
  if (isNew) shares.add(device, bytes.length);
  const added = sql.addItem.run(under, part, device, reason, detail, before + 1, seq, now());
  if (added.changes === 0) return;
  shares.add(device, itemBytes);
  sql.count.run('given', 1);
}

/** What is read again leaves; what is set aside again comes back in its old place, counted. */
function readAgain(state: State, entry: Entry, items: readonly Quarantined[]): void {
  const { sql, shares } = state;
  const places = placesOf(state, entry);
  const before = new Map<number, number>();
  for (const place of places) {
    for (const { part, times } of sql.parts.all(place, entry.seq) as unknown as Part[])
      before.set(part, (before.get(part) ?? 0) + times);
    const taken = Number(sql.takeOut.run(place, entry.seq).changes);
    shares.add(entry.device, -itemBytes * taken);
    const isEmpty = sql.forgetEnvelope.run(place).changes === 1;
    if (isEmpty) shares.add(entry.device, -entry.bytes.length);
  }
  for (const item of items) {
    put(state, item, places[0] ?? entry.seq, before.get(item.part) ?? 0);
    before.delete(item.part);
  }
  const understood = [...before.values()].reduce((sum, times) => sum + times, 0);
  sql.count.run('understood', understood);
}

/** Where the same bytes of the same device and receipt are. */
function placesOf({ sql }: State, entry: Entry): readonly number[] {
  const { device, receivedAt, door, protocol, bytes } = entry;
  return (sql.same.all(device, receivedAt, door, protocol) as unknown as Same[])
    .filter((row) => Buffer.compare(row.bytes, bytes) === 0)
    .map(({ seq }) => seq);
}

/** The oldest of whoever fills it most, so that one flood does not push out what others sent. */
function dropOldest(state: State, target: number): void {
  const { sql, shares } = state;
  while (shares.total() > target) {
    const device = shares.largest();
    const oldest = device === undefined ? [] : sql.oldest.all(device, droppedAtOnce);
    if (device === undefined || oldest.length === 0) return;
    for (const { seq, bytes } of oldest as unknown as { seq: number; bytes: number }[]) {
      const { times } = sql.timesOf.get(seq) as unknown as { times: number };
      const items = Number(sql.dropItems.run(seq).changes);
      sql.dropEnvelope.run(seq);
      shares.add(device, -(bytes + itemBytes * items));
      sql.count.run('dropped', times);
      if (shares.total() <= target) return;
    }
  }
}

/** @returns how many items went */
function expire({ sql }: State, before: number): number {
  const { times } = sql.agedTimes.get(before) as unknown as { times: number };
  const items = Number(sql.expireItems.run(before).changes);
  sql.expireEnvelopes.run(before);
  sql.count.run('expired', times);
  return items;
}

type Total = 'given' | 'understood' | 'expired' | 'dropped';

interface Part {
  readonly part: number;
  readonly times: number;
}

interface Same {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

const prepare = (database: DatabaseSync) => ({
  addEnvelope: database.prepare('INSERT OR IGNORE INTO envelope VALUES (?, ?, ?, ?, ?, ?)'),
  addItem: database.prepare('INSERT OR IGNORE INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)'),
  count: database.prepare(
    'INSERT INTO total VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
  ),
  same: database.prepare(
    'SELECT seq, bytes FROM envelope WHERE device = ? AND received_at = ? AND door = ? AND protocol = ? ORDER BY seq',
  ),
  parts: database.prepare(
    `SELECT part, times FROM item WHERE seq = ? AND last_seq < ? AND ${readable}`,
  ),
  takeOut: database.prepare(`DELETE FROM item WHERE seq = ? AND last_seq < ? AND ${readable}`),
  forgetEnvelope: database.prepare(
    'DELETE FROM envelope WHERE seq = ?1 AND NOT EXISTS (SELECT 1 FROM item WHERE seq = ?1)',
  ),
  setRequeued: database.prepare('UPDATE item SET requeued_at = ? WHERE seq = ? AND last_seq <= ?'),
  oldest: database.prepare(
    'SELECT seq, length(bytes) AS bytes FROM envelope WHERE device = ? ORDER BY received_at LIMIT ?',
  ),
  timesOf: database.prepare('SELECT coalesce(sum(times), 0) AS times FROM item WHERE seq = ?'),
  dropItems: database.prepare('DELETE FROM item WHERE seq = ?'),
  dropEnvelope: database.prepare('DELETE FROM envelope WHERE seq = ?'),
  agedTimes: database.prepare(
    'SELECT coalesce(sum(times), 0) AS times FROM item WHERE seq IN (SELECT seq FROM envelope WHERE received_at < ?)',
  ),
  expireItems: database.prepare(
    'DELETE FROM item WHERE seq IN (SELECT seq FROM envelope WHERE received_at < ?)',
  ),
  expireEnvelopes: database.prepare('DELETE FROM envelope WHERE received_at < ?'),
});

/** Bytes by device. */
interface Shares {
  add(device: string, bytes: number): void;
  total(): number;
  largest(): string | undefined;
}

function sharesOf(database: DatabaseSync): Shares {
  const rows = database
    .prepare(
      `SELECT device, sum(bytes) AS bytes FROM (
         SELECT device, length(bytes) AS bytes FROM envelope UNION ALL SELECT device, ${itemBytes} FROM item
       ) GROUP BY device`,
    )
    .all() as unknown as readonly { device: string; bytes: number }[];
  const shares = new Map(rows.map(({ device, bytes }) => [device, bytes]));
  let total = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    add(device, bytes) {
      const share = (shares.get(device) ?? 0) + bytes;
      if (share > 0) shares.set(device, share);
      else shares.delete(device);
      total += bytes;
    },
    total: () => total,
    largest() {
      let largest: string | undefined;
      let most = 0;
      for (const [device, bytes] of shares) if (bytes > most) [largest, most] = [device, bytes];
      return largest;
    },
  };
}

function summary(
  database: DatabaseSync,
  devices: readonly string[] | undefined,
  bytes: number,
  maxBytes: number,
): QuarantineSummary {
  const within = devices ? 'WHERE device IN (SELECT value FROM json_each(?))' : '';
  const rows = database
    .prepare(
      `SELECT reason, count(*) AS items, sum(times) AS times FROM item ${within} GROUP BY reason`,
    )
    .all(...(devices ? [JSON.stringify(devices)] : [])) as unknown as readonly {
    reason: QuarantineReason;
    items: number;
    times: number;
  }[];
  const totals = new Map(
    (
      database.prepare('SELECT name, count FROM total').all() as unknown as readonly {
        name: Total;
        count: number;
      }[]
    ).map(({ name, count }) => [name, count]),
  );
  const total = (name: Total) => totals.get(name) ?? 0;
  return {
    byReason: Object.fromEntries(rows.map(({ reason, items }) => [reason, items])),
    items: rows.reduce((sum, { items }) => sum + items, 0),
    times: rows.reduce((sum, { times }) => sum + times, 0),
    bytes,
    maxBytes,
    given: total('given'),
    understood: total('understood'),
    expired: total('expired'),
    dropped: total('dropped'),
  };
}
