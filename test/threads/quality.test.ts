import { expect, test } from 'vitest';
import { deviceIdOf } from '../../api/ledger-view.ts';
import { openLedger } from '../../ingest/ledger.ts';
import { dayAround } from '../../ingest/local-day.ts';
import type { Entry } from '../../model/envelope.ts';
import { AppError } from '../../model/errors.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Device, Directory } from '../../registry/registry.ts';
import type { QualityPoint } from '../../stores/store.ts';
import { createQuality } from '../../threads/quality.ts';
import { aside, entryOf, noon, nothing, stored } from '../ingest/ledger-kit.ts';
import { meterDevice, positionInMemory, vehicleDevice } from '../stores/directory.ts';

const midnight = noon - 12 * hourMs;
const dayNumber = Math.floor(noon / dayMs);

const speaking = (device: Device, everyS: number): Device =>
  device.type === 'meter'
    ? { ...device, meter: { ...device.meter, everyS } }
    : { ...device, vehicle: { ...device.vehicle, everyS } };

/** A ledger that is told as the line tells it, and all that InfluxDB would hold of it. */
function world({ keptDays = 400, devices = [speaking(meterDevice('m1'), 60)] } = {}) {
  let now = noon;
  let isDown = false;
  const place = positionInMemory();
  const ledger = openLedger(
    ':memory:',
    (_, at) => dayAround(at, 'Asia/Shanghai'),
    () => now,
  );
  const points = new Map<string, QualityPoint>();
  const writes: QualityPoint[][] = [];
  const directory = {
    devices: () => devices,
    during: (id: string, from: number, to: number) =>
      devices.filter((each) => deviceIdOf(each) === id).map((value) => ({ value, from, to })),
  } as unknown as Directory;
  const parts = {
    ledger,
    directory: () => directory,
    place,
    keptDays,
    async write(some: readonly QualityPoint[]) {
      if (isDown) throw new AppError('STORE_UNAVAILABLE', 'away');
      writes.push([...some]);
      for (const point of some) points.set(`${point.device} ${point.from}`, point);
    },
  };
  const open = () => createQuality(parts, { now: () => now });
  let quality = open();
  let seq = 0;
  const entry = (receivedAt: number, more: Partial<Entry> = {}) => {
    seq++;
    return entryOf(seq, { receivedAt, ...more });
  };
  return {
    entry,
    place,
    writes,
    pass: () => quality.pass(),
    at: (id: string, from: number) => points.get(`${id} ${from}`),
    count: () => points.size,
    restart() {
      quality = open();
    },
    setNow(at: number) {
      now = at;
    },
    setDown(down: boolean) {
      isDown = down;
    },
    told(entries: readonly Entry[], passage: Partial<typeof nothing>) {
      quality.note(entries);
      ledger.add(seq, entries, { ...nothing, ...passage });
    },
  };
}

test('a day says what came, what came late, twice or wrong, and what should have come so far', async () => {
  const it = world();
  const [one, two, three] = [it.entry(noon - 3), it.entry(noon - 2), it.entry(noon - 1)];
  it.told([one, two, three], {
    accepted: [stored(one), stored(one, 11 * minuteMs)],
    duplicates: [two],
    quarantined: [aside(three), aside(three, 1)],
  });
  await it.pass();
  expect(it.at('m1', midnight)).toEqual({
    device: 'm1',
    from: midnight,
    expected: 11,
    received: 5,
    late: 1,
    duplicate: 1,
    quarantined: 2,
  });
  expect(it.count()).toBe(1);
  it.setNow(midnight + dayMs);
  await it.pass();
  expect(it.at('m1', midnight)).toMatchObject({ expected: 12 * 60 + 11, received: 5 });
  expect(it.at('m1', midnight + dayMs)).toMatchObject({ expected: 0, received: 0 });
});

test('a silent device has days on which nothing came; one that was never heard is waited for today', async () => {
  const it = world({
    devices: [
      speaking(meterDevice('m1'), 60),
      speaking(meterDevice('m2'), 900),
      vehicleDevice('v1'),
    ],
  });
  const one = it.entry(noon);
  it.told([one], { accepted: [stored(one)] });
  await it.pass();
  expect(it.at('m2', midnight)).toMatchObject({ expected: 48, received: 0 });
  expect(it.at('v1', midnight)).toMatchObject({ expected: null, received: 0 });
  it.setNow(noon + 3 * dayMs);
  await it.pass();
  expect(it.at('m1', midnight + dayMs)).toMatchObject({ expected: 1440, received: 0 });
  expect(it.at('m1', midnight + 2 * dayMs)).toMatchObject({ expected: 1440, received: 0 });
  expect(it.at('m2', midnight + 2 * dayMs)).toBeUndefined();
  expect(it.at('m2', midnight + 3 * dayMs)).toMatchObject({ expected: 48 });
});

test('while InfluxDB is away nothing is passed over, over restarts too; days that are whole are not told again', async () => {
  const it = world();
  const days = [0, 1, 2, 3, 4, 5, 6];
  it.setDown(true);
  for (const day of days) {
    it.setNow(noon + day * dayMs);
    const one = it.entry(noon + day * dayMs);
    it.told([one], { accepted: [stored(one)] });
    await expect(it.pass()).rejects.toThrow('away');
    it.restart();
  }
  it.setDown(false);
  await it.pass();
  for (const day of days)
    expect(it.at('m1', midnight + day * dayMs)).toMatchObject({ received: 1 });
  expect(it.place.load()).toBe(dayNumber + 6 - 2);
  it.restart();
  it.writes.length = 0;
  await it.pass();
  expect(Math.min(...it.writes.flat().map(({ from }) => from))).toBe(midnight + 5 * dayMs);
});

test('what is read again, or comes out of the journal late, changes the day it was received on', async () => {
  const it = world();
  const one = it.entry(noon);
  it.told([one], { quarantined: [aside(one)] });
  it.setNow(noon + 9 * dayMs);
  await it.pass();
  expect(it.at('m1', midnight)).toMatchObject({ received: 1, quarantined: 1 });
  const again = it.entry(noon, { requeued: true });
  it.told([again], { accepted: [stored(again)] });
  it.restart();
  await it.pass();
  expect(it.at('m1', midnight)).toMatchObject({ received: 2, quarantined: 1 });
  expect(it.place.load()).toBe(dayNumber + 9 - 2);
});

test('what is noted while a day is on its way is not passed over', async () => {
  const it = world();
  const one = it.entry(noon);
  it.told([one], { accepted: [stored(one)] });
  it.setNow(noon + 9 * dayMs);
  const push = it.writes.push.bind(it.writes);
  let isFirst = true;
  it.writes.push = (points: QualityPoint[]) => {
    const late = isFirst && points.some(({ from }) => from === midnight + 3 * dayMs);
    if (late) {
      isFirst = false;
      const two = it.entry(noon + dayMs);
      it.told([two], { accepted: [stored(two)] });
    }
    return push(points);
  };
  await it.pass();
  expect(it.place.load()).toBeLessThan(dayNumber + 1);
  await it.pass();
  expect(it.at('m1', midnight + dayMs)).toMatchObject({ received: 1 });
  expect(it.place.load()).toBe(dayNumber + 9 - 2);
});

test('days that are no longer kept are not said to have been empty', async () => {
  const it = world({ keptDays: 60 });
  const one = it.entry(noon);
  it.told([one], { accepted: [stored(one, 700 * dayMs)] });
  await it.pass();
  expect(it.count(), 'history that was filled in').toBe(1);
  for (const days of [3, 90]) {
    it.setNow(noon + days * dayMs);
    await it.pass();
  }
  expect(it.at('m1', midnight)).toMatchObject({ received: 1 });
  expect(it.at('m1', midnight + 30 * dayMs)).toBeUndefined();
  expect(it.at('m1', midnight + 31 * dayMs)).toMatchObject({ expected: 1440, received: 0 });
});

test('half an hour after midnight, what is filled in of the day before makes no day of this service of it', async () => {
  const it = world();
  const now = midnight + dayMs + 27 * minuteMs;
  it.setNow(now);
  const one = it.entry(now - 1);
  it.told([one], { accepted: [stored(one, 2 * hourMs)] });
  await it.pass();
  expect(it.at('m1', midnight)).toBeUndefined();
  expect(it.at('m1', midnight + dayMs)).toMatchObject({ received: 1 });
});
