import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fleetLedgerShape, vehicleLedgerShape } from '../../api/vehicle-ledger-shape.ts';
import { dayMs, minuteMs } from '../../model/time.ts';
import { figureNames } from '../../model/vehicle-ledger.ts';
import { recordTrips } from './a-trip.ts';
import { morning, openWorld, type World } from './world.ts';

let world: World;

const statement = `车牌号,加油时间,升数,金额,加油站,油品,卡号
鲁Pwest,2026-11-23 09:10,35.5,280.45,"=HYPERLINK(""http://x"",""东昌路站"")",95#汽油,1000113700004321
`;
const csv = { headers: { 'content-type': 'text/csv' } };
const send = (text: string | Buffer, user = 'fleet', query = '') =>
  world.as(user).post(`/v1/fuel-cards${query}`, text, csv);
const get = (path: string, user = 'fleet') => world.as(user).get(`/v1/${path}`);

beforeAll(async () => {
  world = await openWorld();
  recordTrips(world, 'west', 0, 60, 120);
  recordTrips(world, 'east', 10);
  await world.keep(
    ...Array.from({ length: 40 }, (_, n) => ({
      type: 'fix' as const,
      device: 'west-v',
      at: morning + n * 5 * minuteMs,
      timeSource: 'device' as const,
      lat: 36.45 + 0.04 * Math.min(n, 10),
      lon: 115.98,
      fixed: true,
      satellites: 11,
      odometerKm: 5000 + 4.5 * Math.min(n, 10),
      fuelL: n < 14 ? 20 : 52,
    })),
  );
  world.clock.at = morning + 10 * dayMs;
});
afterAll(() => world.close());

describe('statements', () => {
  test('a dry run keeps nothing, the same again changes nothing', async () => {
    const first = await send(statement, 'fleet', '?dryRun=true');
    expect([first.status, first.body]).toEqual([200, { dryRun: true, added: 1, unchanged: 0 }]);
    expect((await send(statement)).body).toEqual({ dryRun: false, added: 1, unchanged: 0 });
    expect((await send(statement)).body).toEqual({ dryRun: false, added: 0, unchanged: 1 });
    const [note] = world.registry.audit({ limit: 1 });
    expect(note).toMatchObject({ user: 'fleet', action: 'import', kind: 'expenses' });
    expect(JSON.stringify(world.registry.audit({ limit: 100 }))).not.toContain('4321');
  });

  test('faults with their lines; what lies in another institution is not there', async () => {
    const { status, body } = await send(
      `${statement}鲁Peast,2026-11-23 09:10,35,280,,,\neast-v,2026-11-23 09:10,x,280,,,`,
    );
    expect([status, body.code]).toEqual([422, 'INPUT_INVALID']);
    expect(body.errors).toEqual([
      { path: '', line: 3, message: expect.stringContaining('没有车辆 鲁Peast') },
      { path: '', line: 4, message: expect.stringContaining('没有车辆 east-v') },
    ]);
    const atAll = await send(`${statement}鲁Peast,2026-11-23 09:10,35,280,,,`, 'root', '?dryRun');
    expect(atAll.body).toEqual({ dryRun: true, added: 1, unchanged: 1 });
  });

  test('what is no statement is refused', async () => {
    expect((await send('')).status).toBe(422);
    expect((await send('a,b\n1,2')).status).toBe(422);
    expect((await world.as('fleet').post('/v1/fuel-cards', { a: 1 })).status).toBe(415);
    expect((await send(Buffer.alloc(5 << 20, 'x'))).status).toBe(413);
  });
});

describe('the ledger of a vehicle', () => {
  test('trips, gauges and cards of a month, and why something is not known', async () => {
    const { status, body } = await get('vehicles/west-v/ledger?month=2026-11');
    expect(status).toBe(200);
    const ledger = vehicleLedgerShape.strict().parse(body);
    expect(ledger).toMatchObject({
      month: '2026-11',
      from: '2026-11-01T00:00:00+08:00',
      to: '2026-12-01T00:00:00+08:00',
      complete: true,
      vehicle: 'west-v',
      plate: '鲁Pwest',
      institution: 'west',
      figures: {
        trips: 3,
        trackKm: 64.5,
        odometerKm: 45,
        fuelUsedL: 0,
        refuelledL: 32,
        cardLitres: 35.5,
        cardLitresPer100Km: 78.89,
        totalYuan: 280.45,
        insuranceYuan: null,
        workdays: 21,
        workdaysUsed: 1,
        officeHoursUsed: 1.5,
      },
      unknown: { insuranceYuan: 'no-entries', socUsedPct: 'no-battery' },
    });
    expect(Object.keys(ledger.figures)).toEqual([...figureNames]);
    for (const name of figureNames)
      expect(ledger.figures[name] === null).toBe(ledger.unknown[name] !== undefined);
    expect(ledger.expenses).toMatchObject([
      {
        at: '2026-11-23T09:10:00+08:00',
        card: '****4321',
        check: {
          findings: [],
          unchecked: { tank: 'no-tank-size', place: 'station-not-registered', level: null },
          roseL: 32,
        },
      },
    ]);
  });

  test('of a month that is under way goes until now, of one to come there is none', async () => {
    const { body } = await get('vehicles/west-v/ledger?month=2026-12');
    expect(body).toMatchObject({
      to: '2026-12-03T08:00:00+08:00',
      complete: false,
      figures: { trips: null, workdays: 3 },
      unknown: { trips: 'not-heard' },
    });
    expect((await get('vehicles/west-v/ledger?month=2027-01')).status).toBe(422);
    for (const month of ['', '?month=2026-13', '?month=11', '?month=2026-11&format=pdf'])
      expect((await get(`vehicles/west-v/ledger${month}`)).status).toBe(400);
  });

  test('as CSV that Excel reads, and reads no formula in', async () => {
    const { text, headers } = await get('vehicles/west-v/ledger?month=2026-11&format=csv');
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toBe(
      'attachment; filename="vehicle-ledger-west-v-2026-11.csv"',
    );
    expect(text.startsWith('\uFEFF项目 Item,数值 Value\r\n')).toBe(true);
    expect(text).toContain('\r\n里程表里程 Distance by odometer (km),45\r\n');
    expect(text).toContain('保险费 Cost of insurance (CNY),未知 unknown: 未导入此类费用');
    expect(text).toContain(`"'=HYPERLINK(""http://x"",""东昌路站"")"`);
    expect(text).not.toMatch(/(^|[,\n])"?[=+@-]/m);
  });

  test('as xlsx', async () => {
    const { headers, status } = await get('vehicles/west-v/ledger?month=2026-11&format=xlsx');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    );
  });
});

describe('the ledger of an institution', () => {
  test('has its vehicles and those below it, with sums by class', async () => {
    const { status, body } = await get('institutions/city/vehicle-ledger?month=2026-11', 'root');
    expect(status).toBe(200);
    const ledger = fleetLedgerShape.strict().parse(body);
    expect(ledger.vehicles.map(({ vehicle, fuelFindings }) => [vehicle, fuelFindings])).toEqual([
      ['east-v', 0],
      ['west-v', 0],
    ]);
    expect(ledger.classes.map(({ class: name, vehicles }) => [name, vehicles])).toEqual([
      ['general', 2],
    ]);
    expect(ledger.total.figures).toMatchObject({
      trips: { sum: 4, average: 2, known: 2 },
      trackKm: { sum: 86, average: 43, known: 2 },
      odometerKm: { sum: 45, average: 45, known: 1 },
      fuelYuan: { sum: 280.45, average: 280.45, known: 1 },
      cardLitresPer100Km: { sum: null, average: 78.89, known: 1 },
    });
  });

  test('is for those over it, and a vehicle is where it was when the month ended', async () => {
    expect(
      (await get('institutions/west/vehicle-ledger?month=2026-11')).body.vehicles,
    ).toHaveLength(1);
    for (const path of ['city', 'east', 'none'])
      expect((await get(`institutions/${path}/vehicle-ledger?month=2026-11`)).status).toBe(404);
    await world.as('root').patch('/v1/vehicles/east-v', { institution: 'west' });
    const of = async (month: string) =>
      (await get(`institutions/west/vehicle-ledger?month=${month}`)).body.vehicles.map(
        ({ vehicle }: { vehicle: string }) => vehicle,
      );
    world.clock.at += minuteMs;
    expect(await of('2026-11')).toEqual(['west-v']);
    expect(await of('2026-12')).toEqual(['east-v', 'west-v']);
  });

  test('as CSV, a line a vehicle and the sums below', async () => {
    const { text } = await get('institutions/west/vehicle-ledger?month=2026-11&format=csv');
    const [vehicles = '', sums = ''] = text.split('\r\n\r\n');
    const lines = vehicles.split('\r\n');
    expect(lines[0]?.startsWith('\uFEFF月份 Month,单位 Institution,车辆 Vehicle,')).toBe(true);
    expect(lines[1]?.startsWith('2026-11,west,west-v,鲁Pwest,general,gasoline,,3,64.5,45,')).toBe(
      true,
    );
    expect(sums.split('\r\n').map((line) => line.split(',').slice(0, 4))).toContainEqual([
      'general',
      '1',
      '合计 Sum',
      '3',
    ]);
  });
});

test('only fleet managers and admins keep these books', async () => {
  for (const user of ['viewer', 'officer', 'integrator']) {
    expect((await send(statement, user)).status).toBe(403);
    expect((await get('vehicles/west-v/ledger?month=2026-11', user)).status).toBe(403);
    expect((await get('institutions/west/vehicle-ledger?month=2026-11', user)).status).toBe(403);
  }
  expect((await get('vehicles/west-v/ledger?month=2026-11', 'west-admin')).status).toBe(200);
  expect((await get('vehicles/west-m/ledger?month=2026-11')).status).toBe(404);
});
