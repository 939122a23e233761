import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packAlarmPlace } from '../../model/alarm-place.ts';
import { metricNames, metrics } from '../../model/metrics.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Store } from '../../stores/store.ts';
import { batchOf, dayStart, fix, sample, sortedBySeq } from '../stores/observations.ts';
import type { StorePlace } from './store-place.ts';
import { queryContract } from './store-queries.ts';

const everything = { from: 0, to: dayStart + 1_000 * dayMs, limit: 10_000 };

/** What every store must do; run for each adapter. */
export function storeContract(name: string, makePlace: () => Promise<StorePlace>): void {
  describe(`${name} keeps the store contract`, () => {
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

    test('is empty at first', async () => {
      expect(await store.position()).toBe(0);
      expect(await store.newest()).toEqual(new Map());
      expect(await store.readings('m1', 'power_kw', everything)).toEqual([]);
      expect(await store.track('v1', everything)).toEqual([]);
      expect(await store.history('m1', everything)).toEqual([]);
      expect(await store.latestFixes()).toEqual([]);
      expect(await store.latestReadings(['m1'])).toEqual([]);
      expect(await store.known([{ device: 'm1', at: dayStart }])).toEqual([]);
      expect(await store.accepted(0, 1_000)).toEqual([]);
    });

    test('gives back what it was given, to the last bit', async () => {
      const all: Accepted[] = [
        sample('m1', dayStart, 1, { energy_import_kwh: 15234.567890123, power_kw: -0.1 }),
        sample('m1', dayStart + 1, 2, { power_kw: 1e-300 }, { timeSource: 'receipt' }),
        fix('v1', dayStart, 3),
        fix('v1', dayStart + 7, 4, {
          lat: -0.000000123,
          lon: -179.99999999,
          fixed: false,
          speedKmh: 42.7,
          headingDeg: 359.9,
          acc: false,
          satellites: 11,
          odometerKm: 1234.56789,
          fuelL: 0,
          socPct: 99.5,
          timeSource: 'receipt',
        }),
        sample('m2', dayStart - 400 * dayMs, 5, { volume_m3: 0 }, { receivedAt: dayStart }),
        sample('m3', dayStart + minuteMs, 6, { flow_m3h: 3 }, { receivedAt: dayStart }),
      ];
      expect(await store.write(batchOf(0, all))).toEqual([]);
      expect(sortedBySeq(await store.accepted(0, 6))).toEqual(all);
    });

    test('keeps what a terminal says of itself, also in a tidied day and over a restart', async () => {
      const told = fix('v1', dayStart + 1, 2, {
        altitudeM: 35,
        alarms: 0xffff_ffff,
        status: 0x8000_0003,
        overspeedPlace: packAlarmPlace(3, 0xffff_ffff, false),
        crossedPlace: packAlarmPlace(4, 7, true),
        resent: true,
        timeSource: 'receipt',
      });
      const all = [fix('v1', dayStart, 1, { alarms: 0, status: 0 }), told];
      await store.write(batchOf(0, all));
      expect(await store.track('v1', everything)).toEqual(all);
      await store.tidy(dayStart + 100 * dayMs);
      expect(await store.track('v1', everything)).toEqual(all);
      if (place.keeps) {
        await store.close();
        store = await place.open();
      }
      expect(await store.latestFixes(['v1'])).toEqual([told]);
      expect(await store.history('v1', everything)).toEqual(all);
    });

    test('keeps every metric of the catalogue', async () => {
      const values = Object.fromEntries(
        metricNames.map((metric) => [metric, metrics[metric].code]),
      );
      const one = sample('m1', dayStart, 1, values);
      await store.write(batchOf(0, [one]));
      expect(await store.history('m1', everything)).toEqual([one]);
    });

    test('keeps the position with the rows, also of a batch without any', async () => {
      await store.write({
        after: 0,
        upTo: 7,
        observations: [sample('m1', dayStart, 3, { power_kw: 1 })],
      });
      expect(await store.position()).toBe(7);
      await store.write({ after: 7, upTo: 12, observations: [] });
      expect(await store.position()).toBe(12);
    });

    test('changes nothing when a batch comes again', async () => {
      const batch = batchOf(0, [
        sample('m1', dayStart, 1, { power_kw: 1 }),
        fix('v1', dayStart, 2),
      ]);
      await store.write(batch);
      await store.write(batch);
      await store.write({ ...batch, upTo: 1 });
      expect(await store.position()).toBe(2);
      expect(await store.accepted(0, 10)).toHaveLength(2);
    });

    test('takes only what is new of a batch that overlaps', async () => {
      const first = sample('m1', dayStart, 1, { power_kw: 1 });
      const second = sample('m1', dayStart + 1, 2, { power_kw: 2 });
      await store.write(batchOf(0, [first]));
      await store.write(batchOf(0, [first, second]));
      expect(await store.accepted(0, 10)).toEqual([first, second]);
    });

    test('refuses for good what cannot be kept, and keeps the rest', async () => {
      const good = sample('m1', dayStart, 1, { power_kw: 1 });
      const refused = await store.write(
        batchOf(0, [
          good,
          sample('m1', dayStart + 0.5, 2, { power_kw: 1 }),
          sample('m1', dayStart + 1, 3, { power_kw: Number.NaN }),
          sample('m1', dayStart + 1, 4, Object.fromEntries([['no_such_metric', 2]])),
          sample('m1', dayStart + 1, 5, {}),
          fix('v1', dayStart, 6, { lat: Number.NaN }),
          fix('v1', dayStart, 7, { lon: 181 }),
          sample('m1', Number.POSITIVE_INFINITY, 8, { power_kw: 1 }),
          sample('m1', dayStart, 9, { power_kw: 1 }, { receivedAt: Number.NaN }),
        ]),
      );
      expect(refused.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
      expect(refused.every(({ detail }) => /^got /.test(detail))).toBe(true);
      expect(await store.accepted(0, 10)).toEqual([good]);
      expect(await store.position()).toBe(9);
    });

    test('answers the same after it was tidied, and takes late data for a tidied day', async () => {
      const observations = Array.from({ length: 300 }, (_, i) => {
        const at = dayStart + (i % 10) * 13 * hourMs + i;
        return i % 3 === 0
          ? fix(`v${i % 7}`, at, i + 1)
          : sample(`m${i % 7}`, at, i + 1, { power_kw: i, flow_m3h: 1 });
      });
      await store.write(batchOf(0, observations));
      await store.tidy(dayStart + 4 * dayMs);
      expect(sortedBySeq(await store.accepted(0, 300))).toEqual(observations);
      const late = sample('m1', dayStart + 1, 301, { power_kw: 5 });
      await store.write(batchOf(300, [late]));
      expect((await store.history('m1', everything)).map(({ at }) => at)).toEqual(
        [...observations, late]
          .filter(({ device }) => device === 'm1')
          .map(({ at }) => at)
          .sort((a, b) => a - b),
      );
      await store.tidy(dayStart + 4 * dayMs);
      await store.tidy(dayStart + 400 * dayMs);
      expect(sortedBySeq(await store.accepted(0, 301))).toEqual([...observations, late]);
      expect(await store.known([{ device: 'm1', at: dayStart + 1 }])).toContainEqual(late);
    });

    test('keeps everything when it is closed and opened again', async () => {
      if (!place.keeps) return;
      const all = [
        sample('m1', dayStart, 1, { power_kw: 1, flow_m3h: 2 }),
        fix('v1', dayStart + 1, 2, { acc: true }),
        sample('表', dayStart + 2, 3, { power_kw: 3 }),
      ];
      await store.write(batchOf(0, all));
      await store.close();
      store = await place.open();
      expect(await store.position()).toBe(3);
      expect(sortedBySeq(await store.accepted(0, 3))).toEqual(all);
      expect(await store.latestFixes()).toEqual([all[1]]);
      expect(await store.latestReadings(['m1'])).toHaveLength(2);
      expect(await store.newest()).toEqual(
        new Map([
          ['m1', dayStart],
          ['v1', dayStart + 1],
          ['表', dayStart + 2],
        ]),
      );
      const more = sample('m9', dayStart, 4, { power_kw: 9 });
      await store.write(batchOf(3, [more]));
      expect(await store.history('m9', everything)).toEqual([more]);
      expect(await store.history('表', everything)).toEqual([all[2]]);
    });
  });
  queryContract(name, makePlace);
}
