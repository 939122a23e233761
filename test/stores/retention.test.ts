import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { consumptionIn } from '../../energy/consumption/consumption.ts';
import type { Reading } from '../../energy/hourly.ts';
import { quiet } from '../../model/context.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import { batchOf, dayStart, fix, sample } from './observations.ts';

type DuckDb = Awaited<ReturnType<typeof openDuckDbStore>>;

const forEver = { readingsDays: 0, rollupsDays: 0, positionsDays: 0 };
const limits = {
  ratio: 1,
  maxGapMs: 20 * minuteMs,
  closeMs: 20 * minuteMs,
  maxPerHour: 500,
  step: 0.01,
  isMultiplied: false,
  mayBeFloat: false,
};

let folder: string;
let file: string;
let store: DuckDb;
let seq: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guanjia-retention-'));
  file = join(folder, 'telemetry.duckdb');
  store = await openDuckDbStore(file, {}, quiet);
  seq = 0;
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const everything = { from: 0, to: dayStart * 2, limit: 1_000_000 };
const readings = (device: string, range = everything) =>
  store.readings(device, 'energy_import_kwh', range);

async function write(observations: Iterable<Accepted>): Promise<void> {
  let batch: Accepted[] = [];
  const flush = () => store.write(batchOf(batch[0] ? batch[0].seq - 1 : seq, batch));
  for (const observation of observations) {
    batch.push(observation);
    if (batch.length < 20_000) continue;
    await flush();
    batch = [];
  }
  await flush();
}

/** A meter that counts in uneven steps, restarts, jumps, stands wrong once, and is silent for a while. */
function* countedBy(device: string, from: number, to: number, everyMs: number): Iterable<Accepted> {
  let value = 1_000;
  let n = 0;
  for (let at = from; at < to; at += everyMs) {
    n++;
    value += ((n * 7_919) % 101) / 50;
    if (n % 4_001 === 0) value = 3;
    if (n % 5_003 === 0) value += 250_000;
    if (n % 700 < 5) continue;
    const shown = n % 6_007 === 0 ? value / 2 : value;
    yield sample(device, at, ++seq, { energy_import_kwh: shown, power_kw: n % 90 });
  }
}

/** Every fifth day, so that there are not too many to sort; the hours between are estimated. */
function* onSomeDays(observations: Iterable<Accepted>): Iterable<Accepted> {
  for (const one of observations) if (Math.floor(one.at / dayMs) % 5 === 0) yield one;
}

const hoursOf = (rows: readonly Reading[], from: number, to: number) =>
  consumptionIn(rows, 'hour', [{ from, to }], { limits }).map(
    ({ from: start, value, quality, lower, upper }) => ({ start, quality, value, lower, upper }),
  );

test('three years: old readings are thinned, older ones and old fixes deleted; hourly consumption stays', {
  timeout: 120_000,
}, async () => {
  const begin = dayStart - 1_095 * dayMs;
  await write(onSomeDays(countedBy('m1', begin, dayStart, 10 * minuteMs)));
  await write(countedBy('m2', dayStart - 410 * dayMs, dayStart - 380 * dayMs, minuteMs));
  const fixes = Array.from({ length: 219 }, (_, n) => fix('v1', begin + n * 5 * dayMs, ++seq));
  await write(fixes);
  await store.tidy(dayStart);
  const before = { m1: await readings('m1'), m2: await readings('m2') };

  const now = dayStart + 5 * hourMs;
  await store.retain({ readingsDays: 400, rollupsDays: 800, positionsDays: 365 }, now);
  const after = { m1: await readings('m1'), m2: await readings('m2') };

  const [full, thin] = [dayStart - 400 * dayMs, dayStart - 800 * dayMs];
  expect(after.m1.filter(({ at }) => at < thin)).toEqual([]);
  expect(after.m1.filter(({ at }) => at >= full)).toEqual(before.m1.filter(({ at }) => at >= full));
  const thinned = after.m1.filter(({ at }) => at < full).length;
  expect(thinned).toBeGreaterThan((400 / 5) * 24);
  expect(thinned).toBeLessThan(before.m1.filter(({ at }) => at >= thin && at < full).length / 2);
  expect(after.m2.filter(({ at }) => at < full).length).toBeLessThan(
    before.m2.filter(({ at }) => at < full).length / 15,
  );

  // The hours before the first reading that is left are no longer known.
  for (const [meter, from] of [
    ['m1', after.m1[0]?.at ?? 0],
    ['m2', dayStart - 410 * dayMs],
  ] as const)
    expect(hoursOf(after[meter], from, dayStart)).toEqual(hoursOf(before[meter], from, dayStart));

  const track = await store.track('v1', everything);
  expect(track.map(({ at }) => at)).toEqual(
    fixes.map(({ at }) => at).filter((at) => at >= dayStart - 365 * dayMs),
  );
  expect((await store.newest()).get('m2')).toBe(before.m2.at(-1)?.at);
});

/** By the minute, one each; begins anew, and is wrong shortly after it or at the end of an hour or of a day. */
function* wrongShortly(from: number, to: number): Iterable<Accepted> {
  const wrongMinutes = [2 * 60 + 14, 3 * 60 + 59, 5 * 60, 23 * 60 + 59, 24 * 60];
  let value = 250_000;
  for (let at = from; at < to; at += minuteMs) {
    const minute = (at - from) / minuteMs;
    value = minute === 2 * 60 + 3 ? 3 : value + 1;
    const shown = wrongMinutes.includes(minute) ? Math.round(value / 2) : value;
    yield sample('m1', at, ++seq, { energy_import_kwh: shown });
  }
}

test('around a wrong reading enough is kept to tell that it was wrong, also from one hour, and one day, to the next', async () => {
  const begin = dayStart - 100 * dayMs;
  await write(wrongShortly(begin, begin + 2 * dayMs));
  await store.tidy(dayStart);
  const before = await readings('m1');
  for (const days of [1, 2])
    await store.retain({ ...forEver, readingsDays: 60 }, begin + (days + 60) * dayMs);
  const after = await readings('m1');
  expect(after.length).toBeLessThan(before.length / 10);
  const hours = hoursOf(after, begin, begin + 2 * dayMs);
  expect(hours).toEqual(hoursOf(before, begin, begin + 2 * dayMs));
  expect(hours.filter(({ quality }) => quality !== 'measured').length).toBeLessThan(8);
});

test('a meter without counters keeps its last sample of each hour', async () => {
  const begin = dayStart - 100 * dayMs;
  await write(
    Array.from({ length: 600 }, (_, n) =>
      sample('e1', begin + n * minuteMs, ++seq, { indoor_temperature_c: n / 10 }),
    ),
  );
  await store.tidy(dayStart);
  await store.retain({ ...forEver, readingsDays: 60 }, dayStart);
  const kept = await store.readings('e1', 'indoor_temperature_c', everything);
  expect(kept.map(({ at }) => (at - begin) / minuteMs)).toEqual(
    Array.from({ length: 10 }, (_, hour) => hour * 60 + 59),
  );
});

test('0 keeps for ever; what is done is not done again, and goes on where it stopped', async () => {
  const begin = dayStart - 900 * dayMs;
  await write(countedBy('m1', begin, begin + 4 * dayMs, minuteMs));
  await store.tidy(dayStart);
  const before = await readings('m1');
  await store.retain(forEver, dayStart);
  expect(await readings('m1')).toEqual(before);
  const on = (days: number) => begin + days * dayMs + 60 * dayMs;
  await store.retain({ ...forEver, readingsDays: 60 }, on(2));
  const half = await readings('m1');
  const [first, rest] = [half, before].map((rows) =>
    rows.filter(({ at }) => at >= begin + 2 * dayMs),
  );
  expect(first).toEqual(rest);
  expect(half.length).toBeLessThan(before.length * 0.6);
  await store.close();
  store = await openDuckDbStore(file, {}, quiet);
  await store.retain({ ...forEver, readingsDays: 60 }, on(2));
  expect(await readings('m1')).toEqual(half);
  await store.retain({ ...forEver, readingsDays: 60 }, on(4));
  expect((await readings('m1')).length).toBeLessThan(before.length * 0.1);
});

test('room is used again: the file does not grow while as much goes as comes', {
  timeout: 120_000,
}, async () => {
  const size = () => statSync(file).size;
  const retention = { readingsDays: 20, rollupsDays: 20, positionsDays: 20 };
  const sizes: number[] = [];
  for (let round = 0; round < 5; round++) {
    const begin = dayStart + round * 20 * dayMs;
    for (const meter of ['m1', 'm2'])
      await write(countedBy(meter, begin, begin + 20 * dayMs, minuteMs));
    const now = begin + 22 * dayMs;
    await store.tidy(now);
    await store.retain(retention, now);
    sizes.push(size());
  }
  console.log(`bytes after each 20 days: ${sizes.join(' ')}`);
  expect(sizes.at(-1)).toBeLessThan((sizes[2] ?? 0) * 1.1);
});

test('writes go on while it deletes', { timeout: 60_000 }, async () => {
  const begin = dayStart - 500 * dayMs;
  await write(countedBy('m1', begin, begin + 25 * dayMs, minuteMs));
  await store.tidy(dayStart);
  let done = false;
  const deleting = store
    .retain({ readingsDays: 60, rollupsDays: 480, positionsDays: 60 }, dayStart)
    .finally(() => {
      done = true;
    });
  let written = 0;
  while (!done) {
    await write([sample('m2', dayStart + written * 1_000, ++seq, { energy_import_kwh: written })]);
    written++;
  }
  await deleting;
  expect(written).toBeGreaterThan(3);
  expect(await readings('m2')).toHaveLength(written);
  expect((await readings('m1')).every(({ at }) => at >= dayStart - 480 * dayMs)).toBe(true);
});

test('while the file stands for a copy nothing is deleted and no header changes', async () => {
  await write(countedBy('m1', dayStart - 500 * dayMs, dayStart - 490 * dayMs, minuteMs));
  const position = await store.freeze();
  expect(position).toBe(seq);
  const header = readFileSync(file).subarray(0, 12_288);
  const before = await readings('m1');
  await store.tidy(dayStart);
  await store.retain({ readingsDays: 60, rollupsDays: 60, positionsDays: 60 }, dayStart);
  await write(countedBy('m2', dayStart - dayMs * 30, dayStart, minuteMs));
  expect(readFileSync(file).subarray(0, 12_288).equals(header)).toBe(true);
  expect(await readings('m1')).toEqual(before);
  await expect(store.freeze()).rejects.toMatchObject({ code: 'SERVICE_BUSY' });
  await store.thaw();
  await store.tidy(dayStart);
  await store.retain({ readingsDays: 60, rollupsDays: 60, positionsDays: 60 }, dayStart);
  expect(await readings('m1')).toEqual([]);
  expect(readFileSync(file).subarray(0, 12_288).equals(header)).toBe(false);
});
