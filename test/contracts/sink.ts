import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quiet } from '../../model/context.ts';
import type { Directory } from '../../registry/registry.ts';
import { type InfluxSettings, openInfluxSink } from '../../stores/influx.ts';
import { byFirstLetter, meterDevice, positionInMemory } from '../stores/directory.ts';
import { batchOf, dayStart, fix, sample } from '../stores/observations.ts';

/** A server that takes points. */
export interface SinkPlace {
  readonly settings: InfluxSettings;
  /** Numbers of a field, ascending by time, of the points with these tags; true as 1. */
  values(
    measurement: string,
    field: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<readonly number[]>;
  /** Times in Unix ms of the same points. */
  times(
    measurement: string,
    field: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** What must be so with every server that InfluxDB points are sent to. Devices are named apart, since all tests share one server. */
export function sinkContract(name: string, start: () => Promise<SinkPlace>): void {
  describe(`${name} keeps the sink contract`, () => {
    let place: SinkPlace;
    beforeAll(async () => {
      place = await start();
    });
    afterAll(() => place.stop());

    const open = (device: Directory['device'] = byFirstLetter, position = positionInMemory()) =>
      openInfluxSink(place.settings, () => ({ device }), position, quiet);

    test('readings and fixes arrive with their tags, fields and times', async () => {
      const sink = open();
      const refused = await sink.write(
        batchOf(0, [
          sample('m1', dayStart, 1, { energy_import_kwh: 15234.5, power_kw: -12 }),
          sample('m1', dayStart + 60_001, 2, { energy_import_kwh: 15235 }),
          fix('v1', dayStart + 7, 3, {
            speedKmh: 42,
            headingDeg: 180.5,
            acc: true,
            fixed: false,
            socPct: 0,
          }),
        ]),
      );
      expect(refused).toEqual([]);
      expect(await sink.position()).toBe(3);
      const meter = { institution: 'hq', building: 'b1', meter: 'm1', medium: 'electricity' };
      expect(await place.values('meter_reading', 'energy_import_kwh', meter)).toEqual([
        15234.5, 15235,
      ]);
      expect(await place.times('meter_reading', 'energy_import_kwh', meter)).toEqual([
        dayStart,
        dayStart + 60_001,
      ]);
      expect(await place.values('meter_reading', 'power_kw', meter)).toEqual([-12]);
      const vehicle = { institution: 'hq', vehicle: 'v1' };
      const seen = async (field: string) => place.values('vehicle_position', field, vehicle);
      expect(await seen('lat')).toEqual([36.45]);
      expect(await seen('lon')).toEqual([115.98]);
      expect(await seen('speed_kmh')).toEqual([42]);
      expect(await seen('heading_deg')).toEqual([180.5]);
      expect(await seen('soc_pct')).toEqual([0]);
      expect(await seen('acc')).toEqual([1]);
      expect(await seen('fixed')).toEqual([0]);
      expect(await place.times('vehicle_position', 'lat', vehicle)).toEqual([dayStart + 7]);
    });

    test('a batch that comes again, before or after its position was saved, changes nothing', async () => {
      const batch = batchOf(0, [sample('m2', dayStart, 1, { power_kw: 1 })]);
      const sink = open();
      await sink.write(batch);
      await sink.write(batch);
      await open().write(batch);
      expect(await place.values('meter_reading', 'power_kw', { meter: 'm2' })).toEqual([1]);
    });

    test('values of one instant that came apart become one point', async () => {
      await open().write(
        batchOf(0, [
          sample('m3', dayStart, 1, { power_kw: 1 }),
          sample('m3', dayStart, 2, { voltage_a_v: 230 }),
        ]),
      );
      expect(await place.values('meter_reading', 'power_kw', { meter: 'm3' })).toEqual([1]);
      expect(await place.times('meter_reading', 'voltage_a_v', { meter: 'm3' })).toEqual([
        dayStart,
      ]);
    });

    test('tags are those of the time of the reading', async () => {
      const moved = (id: string, at = 0) => meterDevice(id, at < dayStart + 10 ? 'old' : 'new');
      await open(moved).write(
        batchOf(0, [
          sample('m4', dayStart + 9, 1, { power_kw: 1 }),
          sample('m4', dayStart + 10, 2, { power_kw: 2 }),
        ]),
      );
      expect(
        await place.values('meter_reading', 'power_kw', { meter: 'm4', building: 'old' }),
      ).toEqual([1]);
      expect(
        await place.values('meter_reading', 'power_kw', { meter: 'm4', building: 'new' }),
      ).toEqual([2]);
    });

    test('a line break in an id is refused and adds no point of its own', async () => {
      const injected = `x\nmeter_reading,institution=hq,building=b1,meter=m5,medium=electricity power_kw=666 ${dayStart}000000`;
      const sink = open((id) => (id === 'm6' ? meterDevice('m6', injected) : meterDevice(id)));
      const refused = await sink.write(
        batchOf(0, [
          sample('m6', dayStart, 1, { power_kw: 1 }),
          sample(`m6${injected}`, dayStart, 2, { power_kw: 1 }),
          sample('m7', dayStart, 3, { power_kw: 3 }),
        ]),
      );
      expect(refused.map(({ seq }) => seq)).toEqual([1, 2]);
      expect(refused[0]?.detail).toContain('for the tag building, want an id');
      expect(await place.values('meter_reading', 'power_kw', { meter: 'm5' })).toEqual([]);
      expect(await place.values('meter_reading', 'power_kw', { meter: 'm7' })).toEqual([3]);
    });

    test('what is no number is left out, and a point with nothing left is refused', async () => {
      const refused = await open().write(
        batchOf(0, [
          sample('m8', dayStart, 1, { power_kw: Number.NaN, voltage_a_v: 230 }),
          sample('m8', dayStart + 1, 2, { power_kw: Number.POSITIVE_INFINITY }),
          sample('m8', Number.NaN, 3, { power_kw: 1 }),
          sample('m8', 9.3e12, 4, { power_kw: 1 }),
          sample('unknown', dayStart, 5, { power_kw: 1 }),
          fix('m8', dayStart, 6),
        ]),
      );
      expect(refused.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6]);
      expect(await place.values('meter_reading', 'voltage_a_v', { meter: 'm8' })).toEqual([230]);
      expect(await place.values('meter_reading', 'power_kw', { meter: 'm8' })).toEqual([]);
    });

    test('20,000 points of one batch arrive, every one', async () => {
      const observations = Array.from({ length: 20_000 }, (_, i) =>
        sample('m9', dayStart + i * 1_000, i + 1, { power_kw: i }),
      );
      expect(await open().write(batchOf(0, observations))).toEqual([]);
      const kept = await place.values('meter_reading', 'power_kw', { meter: 'm9' });
      expect(kept).toHaveLength(20_000);
      expect(kept.at(-1)).toBe(19_999);
    });
  });
}
