import { expect, test } from 'vitest';
import type { CostView, IndicatorsView } from '../../api/contract.ts';
import { dayMs, hourMs, localTime, startOfDay } from '../../model/time.ts';
import { connectDevice } from './device.ts';
import { secretOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** From counters over MQTT to standard coal, CO2 and money of last month, through the whole service. */

const zone = 'Asia/Shanghai';
const thisMonth = startOfDay(`${localTime(Date.now(), zone).date.slice(0, 7)}-01`, zone);
const { date } = localTime(thisMonth - dayMs, zone);
const [year, month] = [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
const lastMonth = startOfDay(`${date.slice(0, 7)}-01`, zone);
const hours = (thisMonth - lastMonth) / hourMs;

/** What each meter counts in an hour. */
const meters = {
  main: { medium: 'electricity', metric: 'energy_import_kwh', perHour: 2 },
  floor: { medium: 'electricity', metric: 'energy_import_kwh', perHour: 1.5, parent: 'main' },
  tap: { medium: 'water', metric: 'volume_m3', perHour: 0.25 },
} as const;

const guanjia = guanjiaOfSuite({
  inventory: {
    institutions: [
      {
        id: 'hq',
        name: '机关',
        level: 'municipal',
        division: '371500',
        energyUsers: 100,
        floorAreaM2: 2_000,
      },
      { id: 'below', name: '下级', level: 'county', parent: 'hq', energyUsers: 10 },
    ],
    buildings: [{ id: 'b1', institution: 'hq', name: '1号楼' }],
    meters: Object.entries(meters).map(([id, { metric: _, perHour: __, ...meter }]) => ({
      id,
      building: 'b1',
      ...meter,
      mqtt: { secret: secretOf(id) },
    })),
    tariffs: [
      {
        id: 't1',
        institution: 'hq',
        validFrom: '2020-01-01',
        source: 'made up for this test',
        prices: { peak: 1, valley: 0.25 },
        seasons: [
          {
            months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
            periods: [
              { from: '22:00', to: '08:00', band: 'valley' },
              { from: '08:00', to: '22:00', band: 'peak' },
            ],
          },
        ],
      },
    ],
  },
});

const indicators = (query: string, institution = 'hq') =>
  guanjia.get<IndicatorsView>(
    `/api/v1/institutions/${institution}/indicators?year=${year}&month=${month}${query}`,
  );

test('what meters counted last month is energy, CO2 and money by hand-worked figures', async () => {
  for (const [id, { metric, perHour }] of Object.entries(meters)) {
    const client = await connectDevice(guanjia, id);
    const readings = Array.from({ length: hours + 1 }, (_, n) => ({
      at: lastMonth + n * hourMs,
      values: { [metric]: 500 + n * perHour },
    }));
    for (let n = 0; n < readings.length; n += 250)
      await client.publishAsync(
        `v1/meters/${id}/readings`,
        JSON.stringify(readings.slice(n, n + 250)),
        { qos: 1 },
      );
    await client.endAsync();
  }
  await guanjia.settled();

  const kwh = 2 * hours;
  const told = await indicators('');
  expect(told).toMatchObject({ year, month, calibre: 'calorific', quality: 'measured' });
  expect(told.energyKgce).toBeCloseTo(kwh * 0.1229, 6);
  expect(told.perHeadKgce).toBeCloseTo((kwh * 0.1229) / 100, 8);
  expect(told.perM2Kgce).toBeCloseTo((kwh * 0.1229) / 2_000, 8);
  expect(told.electricityPerM2Kwh).toBeCloseTo(kwh / 2_000, 8);
  expect(told.waterPerHeadM3).toBeCloseTo((0.25 * hours) / 100, 8);
  expect(told.coverage).toBeCloseTo(1, 6);
  expect(told.co2Kg).toBeCloseTo(kwh * 0.5306, 6);

  const other = await indicators('&calibre=equivalent');
  expect(other.energyKgce).toBeCloseTo(kwh * 0.31, 6);
  expect(other.factorSet).not.toBe(told.factorSet);

  const cost = await guanjia.get<CostView>(
    `/api/v1/institutions/hq/cost?year=${year}&month=${month}`,
  );
  // A day: 10 hours at 0.25 and 14 at 1.
  expect(cost.yuan).toBeCloseTo((hours / 24) * 2 * (10 * 0.25 + 14), 6);
  expect(cost.upperYuan).toBeCloseTo(cost.yuan ?? 0, 6);
});

test('an institution whose meters said nothing has null, not zero', async () => {
  expect(await indicators('', 'below')).toMatchObject({
    energyKgce: null,
    co2Kg: null,
    perHeadKgce: null,
    waterPerHeadM3: null,
    coverage: 0,
  });
});

test('both calibres at once, and a province where none is known, are refused', async () => {
  const ask = async (institution: string, query: string) => {
    const path = `/api/v1/institutions/${institution}/indicators?year=${year}&month=${month}&${query}`;
    return (await guanjia.fetch(path)).status;
  };
  expect(await ask('hq', 'calibre=calorific,equivalent')).toBe(400);
  expect(await ask('hq', 'grid=provincial')).toBe(200);
  expect(await ask('below', 'grid=provincial')).toBe(422);
});
