import { DatabaseSync } from 'node:sqlite';
import type { Entry } from '../model/envelope.ts';
import type { Ledger, LedgerDay, LedgerDevice } from './ingest.ts';
import { type Counts, counters, createCounts, toLedgerDay } from './ledger-counts.ts';
import { createDeltaWriter, readDelta } from './ledger-delta.ts';
import {
  devicesOf,
  prepare,
  prepareFile,
  type Row,
  type Statements,
  transactionsOf,
} from './ledger-file.ts';
import { dateOfDay, type LocalDay, toDay } from './local-day.ts';
import type { Passage } from './passage.ts';
import { packNewest } from './rest.ts';
import { createTally, type Tally, type Told, type ToldDay, type Touched } from './tally.ts';

/** The table is written when so much was counted since, or so long ago; until then it stands in `added`, a row a batch. */
const entriesPerWrite = 1_000_000;
const msPerWrite = 60_000;

export interface OpenLedger extends Ledger {
  /** Forgets days before `date`, YYYY-MM-DD. */
  expire(before: string): void;
  close(): void;
}

/**
 * The ledger in a SQLite file. What a batch adds is kept in one small row with the journal position it is complete up to, and moved to the table
 * of days from time to time: exact after a kill at any moment, at little cost. After a loss of power the last batches may be missing here;
 * `catchUpLedger` counts them again.
 * @param localDay day of the device's institution
 */
export function openLedger(
  file: string,
  localDay: (device: string, at: number) => LocalDay,
  now: () => number,
): OpenLedger {
  const database = new DatabaseSync(file);
  prepareFile(database);
  const sql = prepare(database);
  const inTransaction = transactionsOf(database);
  inTransaction(() => restore(sql));
  const state: State = {
    sql,
    inTransaction,
    tally: createTally(devicesOf(database), localDay),
    dirty: new Set(),
    position: Number(sql.position.get()?.['seq'] ?? 0),
    writtenAt: now(),
    sinceWritten: 0,
    prepared: undefined,
  };
  return {
    position: () => state.position,
    add(upTo, entries, passage) {
      if (upTo <= state.position) return;
      addBatch(state, upTo, entries, passage);
      if (state.sinceWritten >= entriesPerWrite || now() - state.writtenAt >= msPerWrite)
        writeDays(state, now());
    },
    read: (id, from, to) => readDays(state, id, toDay(from), toDay(to)),
    overview(date) {
      writeDays(state, now());
      return overviewOf(state, date);
    },
    expire: (before) => void sql.expire.run(toDay(before)),
    close: () => database.close(),
  };
}

interface State {
  readonly sql: Statements;
  readonly inTransaction: (work: () => void) => void;
  readonly tally: Tally;
  /** Days with counts that are not in the table yet. */
  readonly dirty: Set<ToldDay>;
  position: number;
  writtenAt: number;
  /** Entries counted since. */
  sinceWritten: number;
  /** A batch that was counted and may not be kept yet. */
  prepared: Prepared | undefined;
}

interface Prepared {
  readonly upTo: number;
  readonly touched: Touched;
  readonly delta: Uint8Array;
}

function addBatch(state: State, upTo: number, entries: readonly Entry[], passage: Passage): void {
  const { sql, tally, dirty, inTransaction } = state;
  // A batch that could not be kept is offered again; it must not be counted again.
  if (state.prepared?.upTo !== upTo) {
    const touched = tally.count(entries, passage, state.position);
    state.prepared = { upTo, touched, delta: encode(touched) };
  }
  const { touched, delta } = state.prepared;
  inTransaction(() => {
    for (const { n, id, firstAt } of touched.devices) sql.setDevice.run(n, id, firstAt);
    sql.add.run(upTo, delta);
  });
  state.position = upTo;
  state.sinceWritten += entries.length;
  for (const day of touched.days) {
    settle(day);
    dirty.add(day);
  }
}

/** What stands in `added` → the table of days. */
function writeDays(state: State, at: number): void {
  const { sql, dirty, inTransaction } = state;
  if (dirty.size === 0) return;
  inTransaction(() => {
    for (const { of, day, pending } of dirty) sql.addDay.run(of.n, day, ...pending);
    for (const { of } of dirty) {
      if (of.serial !== undefined) sql.setSerial.run(of.serial, of.n);
      if (of.newest) sql.setNewest.run(packNewest(of.newest), of.n);
    }
    sql.forget.run();
    sql.move.run(state.position);
  });
  for (const day of dirty) {
    day.pending.fill(0);
    // Days of history that was filled in come back when they are asked for again.
    const { days } = day.of;
    const last = days.at(-1);
    if (days.length > 1)
      days.splice(0, days.length, ...days.filter((each) => each === last || each.touched));
  }
  dirty.clear();
  state.writtenAt = at;
  state.sinceWritten = 0;
}

function readDays(
  { sql, tally }: State,
  id: string,
  from: number,
  to: number,
): ReturnType<Ledger['read']> {
  const device = tally.devices.get(id);
  const days: LedgerDay[] = [];
  for (let day = from; day <= to; day++) {
    const counts = createCounts();
    if (device) {
      addRow(counts, sql.day.get(device.n, day) as Row | undefined);
      for (const told of device.days) if (told.day === day) addCounts(counts, told.pending);
    }
    days.push(toLedgerDay(id, dateOfDay(day), counts, device?.serial !== undefined));
  }
  return { device: device ? toDevice(device) : null, days };
}

function overviewOf({ sql, tally }: State, date: string): ReturnType<Ledger['overview']> {
  const rows = sql.daysOf.all(toDay(date)) as unknown as readonly Row[];
  const ofDay = new Map(rows.map((row) => [row.n, row]));
  return [...tally.devices.values()].map((told) => {
    const counts = createCounts();
    addRow(counts, ofDay.get(told.n));
    return { ...toLedgerDay(told.id, date, counts, told.serial !== undefined), ...toDevice(told) };
  });
}

const toDevice = ({ firstAt, newest }: Told): LedgerDevice => ({
  firstAt,
  restingSince: newest?.isOff ? newest.at : null,
});

function addRow(counts: Counts, row: Row | undefined): void {
  if (row) for (const [index, counter] of counters.entries()) counts[index] = row[counter];
}

function addCounts(counts: Counts, more: Counts): void {
  for (let index = 0; index < counts.length; index++)
    counts[index] = (counts[index] ?? 0) + (more[index] ?? 0);
}

interface Added {
  readonly up_to: number;
  readonly delta: Uint8Array;
}

const writer = createDeltaWriter();

function encode({ days, serials, moved }: Touched): Uint8Array {
  for (const { of, day, added } of days) writer.day(of.n, day, added);
  for (const { n, serial } of serials) if (serial !== undefined) writer.serial(n, serial);
  for (const { n, newest } of moved) if (newest) writer.newest(n, packNewest(newest));
  return writer.take();
}

/** What the batch added counts from now on. */
function settle(day: ToldDay): void {
  const { added, pending } = day;
  addCounts(pending, added);
  added.fill(0);
  day.touched = false;
}

/** Batches that did not reach the table before the end of the process. */
function restore({ added, addDay, setSerial, setNewest, forget, move }: Statements): void {
  const rows = added.all() as unknown as readonly Added[];
  const last = rows.at(-1);
  if (!last) return;
  const days = new Map<string, { n: number; day: number; counts: Counts }>();
  for (const { delta } of rows) {
    readDelta(delta, {
      day(n, day, addTo) {
        const key = `${n} ${day}`;
        const told = days.get(key) ?? { n, day, counts: createCounts() };
        days.set(key, told);
        addTo(told.counts);
      },
      serial: (n, serial) => setSerial.run(serial, n),
      newest: (n, packed) => setNewest.run(packed, n),
    });
  }
  for (const { n, day, counts } of days.values()) addDay.run(n, day, ...counts);
  forget.run();
  move.run(last.up_to);
}
