import type { DatabaseSync } from 'node:sqlite';
import type { Door, ProtocolName } from '../model/envelope.ts';
import type { QuarantineReason } from '../model/observation.ts';
import type { KeptAside, Quarantine, QuarantineQuery } from './ingest.ts';

interface Row {
  readonly seq: number;
  readonly part: number;
  readonly door: Door;
  readonly protocol: ProtocolName;
  readonly device: string;
  readonly received_at: number;
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly bytes: Uint8Array;
  readonly times: number;
  readonly last_at: number;
  readonly requeued_at: number | null;
}

/** What a store refused is mended in that store: read again it would be found stored already. */
export const readable = "reason <> 'refused-by-store'" satisfies `reason <> '${QuarantineReason}'`;

const items = `SELECT item.*, door, protocol, received_at, bytes FROM item JOIN envelope USING (seq)`;

/** What quarantine answers. */
export function createQuarantineQueries(
  database: DatabaseSync,
): Pick<
  Quarantine,
  | 'list'
  | 'envelopes'
  | 'countEnvelopes'
  | 'countRefused'
  | 'countHere'
  | 'parts'
  | 'setAsideBetween'
> {
  const partsOf = database.prepare(`${items} WHERE seq = ? ORDER BY part`);
  const between = database.prepare(
    'SELECT last_seq AS seq, reason FROM item WHERE last_seq > ? AND last_seq <= ?',
  );
  const here = database.prepare(
    `SELECT count(DISTINCT seq) AS n FROM item WHERE seq IN (SELECT value FROM json_each(?)) AND ${readable}`,
  );
  return {
    list: (query) => list(database, query),
    envelopes: (query) => envelopes(database, query),
    countEnvelopes: (query) => count(database, 'DISTINCT seq', readable, query),
    countRefused: (query) => count(database, '*', "reason = 'refused-by-store'", query),
    countHere: (seqs) => Number(here.get(JSON.stringify(seqs))?.['n']),
    parts: (seq) => (partsOf.all(seq) as unknown as Row[]).map(toKept),
    setAsideBetween: (after, upTo) =>
      between.all(after, upTo) as unknown as ReturnType<Quarantine['setAsideBetween']>,
  };
}

function list(database: DatabaseSync, query: QuarantineQuery): ReturnType<Quarantine['list']> {
  const { where, values } = conditionsOf(query);
  const [seq, part] = (query.cursor ?? '').split('.').map(Number);
  if (query.cursor !== undefined && seq !== undefined && part !== undefined) {
    where.push('(seq, part) < (?, ?)');
    values.push(seq, part);
  }
  const rows = database
    .prepare(`${items} WHERE ${where.join(' AND ')} ORDER BY seq DESC, part DESC LIMIT ?`)
    .all(...values, query.limit + 1) as unknown as Row[];
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(toKept),
    next: rows.length > query.limit && last ? `${last.seq}.${last.part}` : null,
  };
}

function count(
  database: DatabaseSync,
  what: '*' | 'DISTINCT seq',
  which: string,
  query: QuarantineQuery,
): number {
  const { where, values } = conditionsOf(query);
  if (query.cursor !== undefined) {
    where.push('seq < ?');
    values.push(Number(query.cursor));
  }
  const counted = database.prepare(
    `SELECT count(${what}) AS n FROM item JOIN envelope USING (seq) WHERE ${[which, ...where].join(' AND ')}`,
  );
  return Number(counted.get(...values)?.['n']);
}

/** Envelopes with anything that can be read again, newest first. */
function envelopes(
  database: DatabaseSync,
  query: QuarantineQuery,
): ReturnType<Quarantine['envelopes']> {
  const { where, values } = conditionsOf(query);
  where.push(readable);
  if (query.cursor !== undefined) {
    where.push('seq < ?');
    values.push(Number(query.cursor));
  }
  const rows = database
    .prepare(
      `SELECT seq, door, protocol, envelope.device, received_at, bytes FROM envelope
       WHERE seq IN (SELECT DISTINCT seq FROM item JOIN envelope USING (seq) WHERE ${where.join(' AND ')})
       ORDER BY seq DESC LIMIT ?`,
    )
    .all(...values, query.limit + 1) as unknown as Row[];
  const page = rows.slice(0, query.limit);
  const next = rows.length > query.limit ? String(page.at(-1)?.seq) : null;
  return {
    items: page.map(({ seq, door, protocol, device, received_at: receivedAt, bytes }) => ({
      seq,
      door,
      protocol,
      device,
      receivedAt,
      bytes,
    })),
    next,
  };
}

function conditionsOf(query: QuarantineQuery): { where: string[]; values: (string | number)[] } {
  const where: string[] = ['1'];
  const values: (string | number)[] = [];
  const also = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    where.push(condition);
    values.push(value);
  };
  also('item.device = ?', query.device);
  also(
    'item.device IN (SELECT value FROM json_each(?))',
    query.devices && JSON.stringify(query.devices),
  );
  also('reason = ?', query.reason);
  also('received_at >= ?', query.from);
  also('received_at < ?', query.to);
  return { where, values };
}

const toKept = (row: Row): KeptAside => ({
  seq: row.seq,
  part: row.part,
  door: row.door,
  protocol: row.protocol,
  device: row.device,
  receivedAt: row.received_at,
  reason: row.reason,
  detail: row.detail,
  bytes: row.bytes,
  times: row.times,
  lastAt: row.last_at,
  requeuedAt: row.requeued_at,
});
