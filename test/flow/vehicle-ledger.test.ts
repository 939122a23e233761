import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FleetLedgerView, VehicleLedgerView } from '../../api/contract.ts';
import { aJourney, at, type Leg, start } from '../fleet/tracks.ts';
import { connectDevice } from './device.ts';
import { cityOf, runCommand } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** From positions over MQTT and statements by HTTP and by command to the books of a month. */

const city = cityOf({ vehicles: 2 });
const [first, second] = city.vehicles;
const legs: readonly Leg[] = [
  { stand: 900, acc: false },
  { drive: 12_000, kmh: 50 },
  { stand: 1800, acc: false },
  { drive: 12_000, kmh: 50 },
  { stand: 1800, acc: false },
];
const day = aJourney(7, legs, { everyS: 10, says: 'all' });
const km = day.truth.reduce((sum, { metres }) => sum + metres, 0) / 1000;
/** Filled when it has stood for ten minutes between its drives. */
const filledAt = start + ((day.truth[0]?.toS ?? 0) + 600) * 1000;
const station = day.fixes.find((fix) => fix.at >= filledAt && fix.fixed) ?? at([0, 0]);

const guanjia = guanjiaOfSuite({
  inventory: {
    ...city,
    vehicles: [{ ...first, tankL: 60 }, second],
    places: [
      {
        id: 's1',
        institution: 'hq',
        name: '东昌路站',
        kind: 'fuel',
        circle: { center: [station.lon, station.lat], radiusM: 100 },
      },
    ],
  },
});

async function publish(): Promise<void> {
  const from = day.fixes[0]?.odometerKm ?? 0;
  const parts = day.fixes.map((fix) => {
    const drivenKm = (fix.odometerKm ?? 0) - from;
    return {
      at: fix.at,
      lat: fix.lat,
      lon: fix.lon,
      fixed: fix.fixed,
      acc: fix.acc,
      speed_kmh: fix.speedKmh,
      odometer_km: fix.odometerKm,
      satellites: fix.satellites,
      fuel_l: 20 - drivenKm * 0.1 + (fix.at >= filledAt ? 30 : 0),
    };
  });
  const client = await connectDevice(guanjia, 'v0');
  for (let next = 0; next < parts.length; next += 400) {
    const payload = JSON.stringify(parts.slice(next, next + 400));
    await client.publishAsync('v1/vehicles/v0/positions', payload, { qos: 1 });
  }
  await client.endAsync();
  await guanjia.settled();
}

const clock = (when: number) => new Date(when + 8 * 3_600_000).toISOString().slice(0, 16);
const statement = `车牌号,加油时间,升数,金额,加油站,油品,卡号
鲁P10000,${clock(filledAt)},30,240,中石化东昌路站,95#汽油,1000113700004321
鲁P10000,${clock(start - 40 * 86_400_000)},30,240,中石化东昌路站,95#汽油,1000113700004321
鲁P10001,${clock(filledAt)},30,240,中石化东昌路站,95#汽油,1000113700009999
`;
const send = async (text: string) => {
  const response = await guanjia.fetch('/api/v1/fuel-cards', {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: text,
  });
  return { status: response.status, body: await response.json() };
};
const ledgerOf = (vehicle: string) =>
  guanjia.get<VehicleLedgerView>(`/api/v1/vehicles/${vehicle}/ledger?month=2026-11`);

test('a month of a vehicle: driven, filled, paid for', { timeout: 120_000 }, async () => {
  await publish();
  expect(await send(statement)).toEqual({
    status: 200,
    body: { dryRun: false, added: 3, unchanged: 0 },
  });
  const { figures, unknown, expenses, refuellings, findings } = await ledgerOf('v0');
  expect(figures).toMatchObject({ trips: 2, cardLitres: 30, totalYuan: 240, daysUsed: 1 });
  expect(Math.abs((figures.odometerKm ?? 0) - km)).toBeLessThan(0.3);
  expect(Math.abs((figures.fuelUsedL ?? 0) - km * 0.1)).toBeLessThan(0.5);
  expect(Math.abs((figures.litresPer100Km ?? 0) - 10)).toBeLessThan(0.5);
  expect(unknown).toMatchObject({ socUsedPct: 'no-battery', insuranceYuan: 'no-entries' });
  expect(refuellings).toHaveLength(1);
  expect(findings).toEqual([]);
  expect(expenses).toMatchObject([
    {
      card: '****4321',
      check: { findings: [], unchecked: { tank: null, place: null, level: null } },
    },
  ]);
  expect(Math.abs((expenses[0]?.check?.roseL ?? 0) - 30)).toBeLessThan(1);

  const silent = await ledgerOf('v1');
  expect(silent.figures).toMatchObject({ trips: null, km: null, totalYuan: 240 });
  expect(silent.expenses[0]?.check?.unchecked).toEqual({
    tank: 'no-tank-size',
    place: 'no-positions',
    level: 'no-level',
  });
});

test('the books of the institution, as JSON and as files', async () => {
  const path = '/api/v1/institutions/hq/vehicle-ledger?month=2026-11';
  const { vehicles, total } = await guanjia.get<FleetLedgerView>(path);
  expect(vehicles.map(({ vehicle }) => vehicle)).toEqual(['v0', 'v1']);
  expect(total.figures).toMatchObject({
    trips: { sum: 2, average: 2, known: 1 },
    totalYuan: { sum: 480, average: 240, known: 2 },
  });
  const files = await Promise.all(
    ['csv', 'xlsx'].map(async (format) => {
      const response = await guanjia.fetch(`${path}&format=${format}`);
      expect(response.status).toBe(200);
      return Buffer.from(await response.arrayBuffer());
    }),
  );
  expect(files[0]?.subarray(0, 3).toString('hex')).toBe('efbbbf');
  expect(files[0]?.toString()).toContain('v0,鲁P10000,');
  expect(files[1]?.subarray(0, 2).toString()).toBe('PK');
});

test('the command imports the same, once, and after a kill it is still there', {
  timeout: 120_000,
}, async () => {
  const file = join(guanjia.folder, 'cards.csv');
  const run = async (text: string, ...args: readonly string[]) => {
    writeFileSync(file, text);
    const { code, output } = await runCommand(guanjia.folder, 'fuel-cards', file, ...args);
    return { code, output };
  };
  const more = `${statement}鲁P10001,${clock(filledAt + 86_400_000)},20,160,中石油,92#汽油,1\n`;
  expect(await run(more, '--dry-run')).toMatchObject({
    code: 0,
    output: expect.stringContaining('1 added, 3 unchanged'),
  });
  expect(await run(more)).toMatchObject({
    code: 0,
    output: expect.stringContaining('1 added, 3 unchanged'),
  });
  await guanjia.kill();
  await guanjia.start();
  expect(await run(more)).toMatchObject({
    code: 0,
    output: expect.stringContaining('0 added, 4 unchanged'),
  });
  expect(await run(`${more}鲁X,2026-11-02 08:00,20,160,,,\n`)).toMatchObject({
    code: 1,
    output: expect.stringContaining('(line 6): 没有车辆 鲁X'),
  });
  expect((await ledgerOf('v1')).figures.totalYuan).toBe(400);
});
