import { join } from 'node:path';
import { openJournal } from '../../journal/file-journal.ts';
import { headOf } from '../../journal/head.ts';
import { openReader } from '../../journal/reader.ts';
import { quiet } from '../../model/context.ts';
import type { Guanjia } from '../flow/guanjia.ts';
import { influxQuery } from '../flow/servers/influxd.ts';
import { createNumberSet, type Meter } from './soak-senders.ts';

/** What became of every message, told by everybody who knows: the meters, the store, the ledger, the journal, InfluxDB. */

export interface Stored {
  readonly rows: number;
  /** Acknowledged and not in the store. */
  readonly lost: number;
  readonly twice: number;
  /** In the store and never sent. */
  readonly foreign: number;
}

const pageS = 10_000;

/** Every reading of a meter, one second of device time apart, by the API. */
export async function storedOf(guanjia: Guanjia, meter: Meter, startAt: number): Promise<Stored> {
  const there = createNumberSet();
  let rows = 0;
  let foreign = 0;
  for (let from = 0; from <= meter.sent(); from += pageS) {
    const query = `metric=energy_import_kwh&from=${startAt + from * 1000}&to=${startAt + (from + pageS) * 1000}&limit=${pageS}`;
    const { items } = await guanjia.get<{ items: readonly { readonly at: string }[] }>(
      `/api/v1/meters/${meter.id}/readings?${query}`,
    );
    for (const { at } of items) {
      const n = (Date.parse(at) - startAt) / 1000;
      rows++;
      if (Number.isInteger(n) && n < meter.sent()) there.add(n);
      else foreign++;
    }
  }
  let lost = 0;
  for (let n = 0; n < meter.sent(); n++) if (meter.acknowledged.has(n) && !there.has(n)) lost++;
  return { rows, lost, twice: rows - foreign - there.size(), foreign };
}

const atOnce = { entries: 5_000, bytes: 4 << 20 };

/** Records of each device in the journal of a service that has ended. */
export async function journalledOf(folder: string): Promise<ReadonlyMap<string, number>> {
  const dir = join(folder, 'data', 'journal');
  const journal = await openJournal(
    dir,
    { maxBytes: Number.MAX_SAFE_INTEGER, keepDays: 3650 },
    quiet,
  );
  const reader = openReader(dir, headOf(journal.head), quiet);
  const records = new Map<string, number>();
  for (let after = 0; ; ) {
    const { entries, upTo } = await reader.read(after, atOnce);
    if (upTo === after) break;
    for (const { device } of entries) records.set(device, (records.get(device) ?? 0) + 1);
    after = upTo;
  }
  await reader.close();
  await journal.close();
  return records;
}

/** Points of each meter in InfluxDB. */
export async function pointsOf(url: string): Promise<ReadonlyMap<string, number>> {
  const rows = await influxQuery(
    url,
    'guanjia',
    'SELECT count(energy_import_kwh) AS n FROM meter_reading GROUP BY meter',
  );
  return new Map(rows.map((row) => [String(row['meter']), Number(row['n'])]));
}
