import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Store } from '../../stores/store.ts';
import { batchOf, dayStart, fix, sample, sortedBySeq } from '../stores/observations.ts';
import type { StorePlace } from './store-place.ts';

const everything = { from: 0, to: dayStart + 1_000 * dayMs, limit: 10_000 };

/** What every store must answer; part of `storeContract`. */
export function queryContract(name: string, makePlace: () => Promise<StorePlace>): void {
  describe(`${name} answers`, () => {
    let place: StorePlace;
    let store: Store;

    beforeEach(async () => {
      place = await makePlace();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    test('answers a range with its beginning, without its end, ascending, up to its limit', async () => {
      const minutes = [4, 1, 3, 0, 2];
      const observations = minutes.flatMap((minute, i) => [
        sample('m1', dayStart + minute * minuteMs, 2 * i + 1, {
          power_kw: minute,
          voltage_a_v: 230,
        }),
        fix('v1', dayStart + minute * minuteMs, 2 * i + 2, { speedKmh: minute }),
      ]);
      await store.write(batchOf(0, observations));
      const range = { from: dayStart + minuteMs, to: dayStart + 4 * minuteMs, limit: 10 };
      const values = async (limit: number) =>
        (await store.readings('m1', 'power_kw', { ...range, limit })).map(({ value }) => value);
      expect(await values(10)).toEqual([1, 2, 3]);
      expect(await values(2)).toEqual([1, 2]);
      expect((await store.track('v1', range)).map(({ speedKmh }) => speedKmh)).toEqual([1, 2, 3]);
      expect(await store.track('v1', { ...range, limit: 1 })).toHaveLength(1);
      expect((await store.history('m1', { ...range, limit: 2 })).map(({ at }) => at)).toEqual([
        dayStart + minuteMs,
        dayStart + 2 * minuteMs,
      ]);
      expect(await store.history('v1', range)).toHaveLength(3);
    });

    test('answers what the gauges of a vehicle said, a stretch at a time', async () => {
      const says = [
        { second: 0, odometerKm: 100, fuelL: 40, socPct: 80 },
        { second: 100, odometerKm: 101, fuelL: 0 },
        { second: 200, fuelL: 43 },
        { second: 299, fuelL: 44, socPct: 70 },
        { second: 600 },
        { second: 900, odometerKm: 105 },
      ];
      const fixes = says.map(({ second, ...said }, i) =>
        fix('v1', dayStart + second * 1000, i + 1, said),
      );
      await store.write(batchOf(0, [...fixes, fix('v2', dayStart, 7, { fuelL: 7 })]));
      const range = { from: dayStart, to: dayStart + hourMs, limit: 10 };
      const none = { odometerKm: null, fuelL: null, socPct: null };
      const gauges = [
        { at: dayStart + 299_000, odometerKm: 101, fuelL: 43, socPct: 75 },
        { ...none, at: dayStart + 600_000 },
        { ...none, at: dayStart + 900_000, odometerKm: 105 },
      ];
      expect(await store.gauges('v1', range, 5 * minuteMs)).toEqual(gauges);
      expect(await store.gauges('v1', { ...range, limit: 1 }, 5 * minuteMs)).toEqual([gauges[0]]);
      const later = { ...range, from: dayStart + 300_000, to: dayStart + 900_000 };
      expect(await store.gauges('v1', later, 5 * minuteMs)).toEqual([gauges[1]]);
      expect(await store.gauges('v9', range, 5 * minuteMs)).toEqual([]);
    });

    test('knows one device from another and one metric from another', async () => {
      await store.write(
        batchOf(0, [
          sample('m1', dayStart, 1, { power_kw: 1, frequency_hz: 50 }),
          sample('m2', dayStart, 2, { power_kw: 2 }, { timeSource: 'receipt' }),
        ]),
      );
      expect(await store.readings('m2', 'power_kw', everything)).toEqual([
        { at: dayStart, value: 2, timeSource: 'receipt' },
      ]);
      expect(await store.readings('m2', 'frequency_hz', everything)).toEqual([]);
      expect(await store.readings('m1', 'frequency_hz', everything)).toEqual([
        { at: dayStart, value: 50, timeSource: 'device' },
      ]);
      expect(await store.readings("m1' OR 1=1 --", 'power_kw', everything)).toEqual([]);
    });

    test('answers of many devices what it answers of each, or says that it is too much', async () => {
      const minutes = [4, 1, 3, 0, 2];
      const observations = minutes.flatMap((minute, i) =>
        ['m1', 'm2', 'm3'].map((device, n) =>
          sample(device, dayStart + minute * minuteMs, 3 * i + n + 1, { power_kw: minute + n }),
        ),
      );
      const other = sample('m4', dayStart, 16, { voltage_a_v: 230 });
      await store.write(batchOf(0, [...observations, other]));
      const range = { from: dayStart + minuteMs, to: dayStart + 4 * minuteMs, limit: 6 };
      const asked = ['m1', 'm3', 'm4', 'nobody'];
      expect(await store.readingsOfMany(asked, 'power_kw', range)).toEqual(
        new Map([
          ['m1', await store.readings('m1', 'power_kw', range)],
          ['m3', await store.readings('m3', 'power_kw', range)],
        ]),
      );
      expect(await store.readingsOfMany(asked, 'power_kw', { ...range, limit: 5 })).toBeUndefined();
      expect(await store.readingsOfMany(['nobody'], 'power_kw', range)).toEqual(new Map());
    });

    test('has samples of one instant that came apart as they came', async () => {
      const all = [
        sample('m1', dayStart, 1, { power_kw: 1 }),
        sample('m1', dayStart, 2, { voltage_a_v: 230 }),
      ];
      await store.write(batchOf(0, all));
      expect(await store.history('m1', everything)).toEqual(all);
    });

    test('gives a sample of several media back as one, also under a limit', async () => {
      const all = Array.from({ length: 20 }, (_, i) =>
        sample('m1', dayStart + i, i + 1, {
          ...(i % 3 === 0 ? {} : { power_kw: i }),
          ...(i % 2 === 1 && i % 3 !== 0 ? {} : { flow_m3h: -i }),
        }),
      );
      await store.write(batchOf(0, all));
      expect(await store.accepted(0, 20)).toEqual(all);
      expect(await store.history('m1', { ...everything, limit: 7 })).toEqual(all.slice(0, 7));
      expect(await store.known([{ device: 'm1', at: dayStart + 8 }])).toEqual([all[8]]);
    });

    test('latest goes by the time of the device, not by arrival', async () => {
      await store.write(batchOf(0, [fix('v1', dayStart + hourMs, 1), fix('v2', dayStart, 2)]));
      await store.write(
        batchOf(2, [
          fix('v1', dayStart, 3),
          sample('m1', dayStart, 4, { power_kw: 1, flow_m3h: 7 }),
        ]),
      );
      await store.write(
        batchOf(4, [
          sample('m1', dayStart + 1, 5, { power_kw: 2 }),
          sample('m1', dayStart - 1, 6, { power_kw: 3, voltage_a_v: 230 }),
        ]),
      );
      expect(await store.latestFixes(['v1', 'nobody'])).toEqual([fix('v1', dayStart + hourMs, 1)]);
      expect(sortedBySeq(await store.latestFixes()).map(({ device }) => device)).toEqual([
        'v1',
        'v2',
      ]);
      const latest = await store.latestReadings(['m1', 'm2']);
      expect(Object.fromEntries(latest.map(({ metric, value }) => [metric, value]))).toEqual({
        power_kw: 2,
        flow_m3h: 7,
        voltage_a_v: 230,
      });
      expect(latest.find(({ metric }) => metric === 'power_kw')).toEqual({
        device: 'm1',
        metric: 'power_kw',
        at: dayStart + 1,
        value: 2,
        timeSource: 'device',
      });
    });

    test('a clock that is lost is never where a vehicle is now, and its fixes stay in their own time', async () => {
      const today = { receivedAt: dayStart };
      const lost = [
        fix('v1', Date.UTC(2007, 3, 7), 1, today),
        fix('v2', Date.UTC(2000, 0, 1), 3, today),
        fix('v2', Date.UTC(2000, 0, 2), 4, today),
      ];
      const right = fix('v1', dayStart - 300 * dayMs, 2, today);
      await store.write(batchOf(0, [lost[0], right, lost[1], lost[2]] as Accepted[]));
      if (place.keeps) {
        await store.close();
        store = await place.open();
      }
      expect(await store.latestFixes()).toEqual([right]);
      expect(await store.history('v2', { from: 0, to: dayStart, limit: 9 })).toEqual(lost.slice(1));
      expect((await store.newest()).get('v2')).toBe(lost[2]?.at);
    });

    test('without a place a vehicle is where it was last, and nowhere before it had one', async () => {
      const nowhere = { fixed: false, lat: 0, lon: 0 };
      await store.write(
        batchOf(0, [
          fix('v1', dayStart, 1, { lat: 36.5 }),
          fix('v1', dayStart + 1, 2, { ...nowhere, acc: true }),
          fix('v2', dayStart, 3, nowhere),
          fix('v3', dayStart, 4, { lat: 36.6 }),
          fix('v3', dayStart + 1, 5, { fixed: false, timeSource: 'receipt', lat: 12, lon: 99 }),
        ]),
      );
      if (place.keeps) {
        await store.close();
        store = await place.open();
      }
      expect(sortedBySeq(await store.latestFixes())).toEqual([
        fix('v1', dayStart + 1, 2, { fixed: false, acc: true, lat: 36.5 }),
        fix('v3', dayStart + 1, 5, { fixed: false, timeSource: 'receipt', lat: 36.6 }),
      ]);
      expect(await store.latestFixes(['v2'])).toEqual([]);
    });

    test('newest is the greatest time of each device', async () => {
      await store.write(
        batchOf(0, [fix('v1', dayStart + 5, 1), sample('m1', dayStart + 3, 2, { power_kw: 1 })]),
      );
      await store.write(
        batchOf(2, [fix('v1', dayStart + 4, 3), sample('m1', dayStart + 9, 4, { flow_m3h: 1 })]),
      );
      expect(await store.newest()).toEqual(
        new Map([
          ['v1', dayStart + 5],
          ['m1', dayStart + 9],
        ]),
      );
    });

    test('known gives exactly the instants asked for', async () => {
      const all = [
        sample('m1', dayStart, 1, { power_kw: 1, flow_m3h: 2 }),
        sample('m1', dayStart + 1, 2, { power_kw: 1 }),
        fix('v1', dayStart, 3),
        fix('v1', dayStart, 4, { speedKmh: 3 }),
        sample('m2', dayStart, 5, { power_kw: 1 }),
      ];
      await store.write(batchOf(0, all));
      const known = await store.known([
        { device: 'm1', at: dayStart },
        { device: 'm2', at: dayStart + 1 },
        { device: 'v1', at: dayStart },
        { device: 'nobody', at: dayStart },
        { device: 'm1', at: dayStart + 0.5 },
      ]);
      expect(sortedBySeq(known)).toEqual([all[0], all[2], all[3]]);
    });

    test('known answers 20,000 instants at once', async () => {
      const all = Array.from({ length: 20_000 }, (_, i) =>
        sample(`m${i % 50}`, dayStart + i * 1_000, i + 1, { power_kw: i }),
      );
      await store.write(batchOf(0, all));
      const known = await store.known(all.map(({ device, at }) => ({ device, at })));
      expect(known).toHaveLength(20_000);
    });

    test('accepted goes by journal position, beginning excluded, end included', async () => {
      const all = [
        fix('v1', dayStart + 9, 1),
        sample('m1', dayStart + 8, 2, { power_kw: 1 }),
        fix('v1', dayStart + 7, 3),
        sample('m1', dayStart + 6, 4, { power_kw: 1, flow_m3h: 1 }),
      ];
      await store.write(batchOf(0, all));
      expect(await store.accepted(1, 3)).toEqual(all.slice(1, 3));
      expect(await store.accepted(4, 9)).toEqual([]);
    });
  });
}
