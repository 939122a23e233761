import { afterAll, beforeAll, expect, test } from 'vitest';
import { costShape, factorSetsShape, indicatorsShape } from '../../api/indicators-shape.ts';
import { hourMs } from '../../model/time.ts';
import { type Kept, morning, openWorld, type World } from './world.ts';

let world: World;
/** October 2026 in Shanghai: 744 hours. */
const october = Date.parse('2026-10-01T00:00:00+08:00');
const november = Date.parse('2026-11-01T00:00:00+08:00');

const meters = [
  { id: 's-e', medium: 'electricity', metric: 'energy_import_kwh', perHour: 2 },
  { id: 's-sub', medium: 'electricity', metric: 'energy_import_kwh', perHour: 1, parent: 's-e' },
  {
    id: 's-gas',
    medium: 'gas',
    metric: 'volume_m3',
    perHour: 0.5,
    gas: { volumeCondition: 'standard' },
  },
  { id: 's-heat', medium: 'heat', metric: 'heat_gj', perHour: 0.125 },
  { id: 's-water', medium: 'water', metric: 'volume_m3', perHour: 0.25 },
  { id: 's-air', medium: 'environment', metric: 'indoor_temperature_c', perHour: 0 },
] as const;

const periods = [
  { from: '23:00', to: '07:00', band: 'valley' },
  { from: '07:00', to: '08:00', band: 'flat' },
  { from: '08:00', to: '12:00', band: 'peak' },
  { from: '12:00', to: '17:00', band: 'flat' },
  { from: '17:00', to: '21:00', band: 'peak' },
  { from: '21:00', to: '23:00', band: 'flat' },
];
const tariff = {
  id: 't26',
  institution: 'west',
  validFrom: '2026-01-01',
  source: 'made up for this test',
  prices: { peak: 1, flat: 0.6, valley: 0.3 },
  seasons: [{ months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], periods }],
};

beforeAll(async () => {
  world = await openWorld();
  const { post } = world.as('root');
  const academy = { id: 'academy', name: '区委党校', level: 'unit', parent: 'west' };
  const size = { energyUsers: 400, floorAreaM2: 5_000, division: '371500' };
  expect((await post('/v1/institutions', { ...academy, ...size })).status).toBe(201);
  await post('/v1/buildings', { id: 's-b', institution: 'academy', name: '教学楼' });
  for (const { metric: _, perHour: __, ...meter } of meters)
    expect((await post('/v1/meters', { ...meter, building: 's-b' })).status).toBe(201);
  const readings: Kept[] = [];
  for (const { id, metric, perHour } of meters) {
    for (let at = october; at <= november; at += hourMs) {
      const value = 1000 + ((at - october) / hourMs) * perHour;
      readings.push({
        type: 'sample',
        device: id,
        at,
        timeSource: 'device',
        values: { [metric]: value },
      });
    }
  }
  await world.keep(...readings);
});
afterAll(() => world.close());

async function ask(query: string, institution = 'academy', user = 'viewer') {
  const answer = await world.as(user).get(`/v1/institutions/${institution}/indicators?${query}`);
  const figures = answer.status === 200 ? indicatorsShape.strict().parse(answer.body) : undefined;
  return { status: answer.status, body: answer.body, figures };
}

test('a month: top meters alone, in the calorific calibre unless asked otherwise', async () => {
  const { figures } = await ask('year=2026&month=10');
  // 1,488 kWh × 0.1229 + 372 m³ × 1.33 + 93 GJ × 34.12; 1,488 × 0.5306 + 372 × 2.184 + 93 × 110.
  expect(figures).toMatchObject({
    year: 2026,
    month: 10,
    calibre: 'calorific',
    energyKgce: expect.closeTo(3_850.7952, 6),
    co2Kg: expect.closeTo(11_831.9808, 6),
    perHeadKgce: expect.closeTo(9.626988, 6),
    perM2Kgce: expect.closeTo(0.77015904, 8),
    electricityPerM2Kwh: expect.closeTo(0.2976, 8),
    waterPerHeadM3: expect.closeTo(0.465, 8),
    coverage: expect.closeTo(1, 6),
    quality: 'measured',
  });
  expect(figures?.factorSet).toBe('gbt2589-2020-calorific + co2-grid-2023 + co2-fuel-jst303-2026');
  expect(figures?.parts.map(({ medium, value, unit }) => [medium, value, unit])).toEqual([
    ['electricity', expect.closeTo(1_488, 6), 'kWh'],
    ['gas', expect.closeTo(372, 6), 'm³'],
    ['heat', expect.closeTo(93, 6), 'GJ'],
    ['water', expect.closeTo(186, 6), 'm³'],
  ]);
});

test('the equivalent calibre has its own set and never the other one’s', async () => {
  const { figures } = await ask('year=2026&month=10&calibre=equivalent');
  // 1,488 × 0.31 + 372 × 1.2143 + 93 × 34.12.
  expect(figures).toMatchObject({
    calibre: 'equivalent',
    energyKgce: expect.closeTo(461.28 + 451.7196 + 3_173.16, 6),
    co2Kg: expect.closeTo(11_831.9808, 6),
  });
  expect(figures?.factorSet).not.toContain('gbt2589');
});

test('both calibres at once are refused', async () => {
  for (const calibre of ['calorific,equivalent', 'calorific&calibre=equivalent', 'both', '']) {
    const { status, body } = await ask(`year=2026&month=10&calibre=${calibre}`);
    expect([status, body.code, body.errors?.[0]?.path]).toEqual([
      400,
      'INPUT_MALFORMED',
      'calibre',
    ]);
  }
});

test('the grid’s factor may be the province’s, where the institution says which', async () => {
  const { figures } = await ask('year=2026&month=10&grid=provincial');
  expect([figures?.grid, figures?.water]).toEqual(['provincial', 'excluded']);
  expect(figures?.co2Kg).toBeCloseTo(11_831.9808 + 1_488 * (0.6191 - 0.5306), 6);
  const { status, body } = await ask('year=2026&month=10&grid=provincial', 'west');
  expect([status, body.errors[0].path]).toEqual([422, 'grid']);
});

test('water is energy only where asked for, and not in the equivalent calibre', async () => {
  const { figures } = await ask('year=2026&month=10&water=working-fluid');
  expect(figures?.energyKgce).toBeCloseTo(3_850.7952 + 186 * 0.2571, 6);
  const refused = await ask('year=2026&month=10&water=working-fluid&calibre=equivalent');
  expect(refused.status).toBe(422);
});

test('a year is what its months are; those without data are told by coverage', async () => {
  const { figures } = await ask('year=2026');
  expect(figures).toMatchObject({
    month: null,
    energyKgce: expect.closeTo(3_850.7952, 6),
    coverage: expect.closeTo(31 / 365, 6),
    quality: 'missing',
  });
});

test('no data is null and not zero, before, after and where no meter said anything', async () => {
  for (const query of ['year=2026&month=9', 'year=2027&month=3', 'year=2022'])
    expect((await ask(query)).figures).toMatchObject({
      energyKgce: null,
      co2Kg: null,
      perHeadKgce: null,
      perM2Kgce: null,
      electricityPerM2Kwh: null,
      waterPerHeadM3: null,
      coverage: 0,
    });
  // Of the town itself, not of the academy below it.
  expect((await ask('year=2026&month=10', 'west')).figures).toMatchObject({
    energyKgce: null,
    coverage: 0,
  });
});

test('heads and area are those of the time asked for', async () => {
  world.clock.at = morning + 10 * hourMs;
  await world.as('root').patch('/v1/institutions/academy', { energyUsers: 800 });
  expect((await ask('year=2026&month=10')).figures?.perHeadKgce).toBeCloseTo(9.626988, 6);
  expect((await ask('year=2026')).figures?.perHeadKgce).toBeCloseTo(9.626988 / 2, 6);
  world.clock.at = morning;
});

test('who may not see the institution is told there is none; what is no month is refused', async () => {
  expect((await ask('year=2026&month=10', 'academy', 'east-officer')).status).toBe(404);
  expect((await ask('year=2026&month=10', 'nowhere')).status).toBe(404);
  for (const query of [
    'month=10',
    'year=2026&month=13',
    'year=2026&month=0',
    'year=x',
    'year=2026&grid=own',
  ])
    expect((await ask(query)).status).toBe(400);
  expect((await ask('year=2019&month=1')).status).toBe(422);
});

async function cost(query: string, institution = 'academy') {
  const answer = await world.as('viewer').get(`/v1/institutions/${institution}/cost?${query}`);
  return {
    ...answer,
    cost: answer.status === 200 ? costShape.strict().parse(answer.body) : undefined,
  };
}

test('without a tariff there is no cost', async () => {
  expect((await cost('year=2026&month=10')).cost).toMatchObject({
    yuan: null,
    knownYuan: null,
    unpricedKwh: expect.closeTo(1_488, 6),
    tariffs: [],
  });
});

test('a month by the tariff of the institution above', async () => {
  expect((await world.as('officer').post('/v1/tariffs', tariff)).status).toBe(201);
  const { cost: told } = await cost('year=2026&month=10');
  // 31 days of 2 kWh an hour: 2 × (8 × 0.3 + 8 × 0.6 + 8 × 1).
  expect(told).toMatchObject({
    currency: 'CNY',
    yuan: expect.closeTo(942.4, 6),
    knownYuan: expect.closeTo(942.4, 6),
    lowerYuan: expect.closeTo(942.4, 6),
    upperYuan: expect.closeTo(942.4, 6),
    quality: 'measured',
    missingHours: 0,
    tariffs: ['t26'],
  });
  expect(told?.bands.map(({ band, kwh }) => [band, kwh])).toEqual([
    ['peak', expect.closeTo(496, 6)],
    ['flat', expect.closeTo(496, 6)],
    ['valley', expect.closeTo(496, 6)],
  ]);
  expect((await cost('year=2026&month=9')).cost).toMatchObject({ yuan: null, missingHours: 720 });
  expect((await cost('year=2026')).status).toBe(400);
});

test('a tariff that contradicts itself or another is refused with its place', async () => {
  const post = (over: object) =>
    world.as('officer').post('/v1/tariffs', { ...tariff, id: 'other', ...over });
  const holed = [{ months: tariff.seasons[0]?.months, periods: periods.slice(1) }];
  const cases: [object, string][] = [
    [{ seasons: holed }, 'seasons[0].periods'],
    [{ prices: { peak: 1, flat: 1 } }, 'seasons[0].periods[0].band'],
    [{ validFrom: '2026-06-01' }, 'validFrom'],
    [{ institution: 'east' }, 'institution'],
  ];
  for (const [over, path] of cases) {
    const { status, body } = await post(over);
    expect([status, body.errors.map((fault: { path: string }) => fault.path)]).toEqual([
      422,
      expect.arrayContaining([path]),
    ]);
  }
  expect((await world.as('viewer').post('/v1/tariffs', { ...tariff, id: 'mine' })).status).toBe(
    403,
  );
});

test('gas is said of gas meters alone', async () => {
  const meter = {
    id: 's-odd',
    building: 's-b',
    medium: 'water',
    gas: { volumeCondition: 'standard' },
  };
  const { status, body } = await world.as('root').post('/v1/meters', meter);
  expect([status, body.errors[0].path]).toEqual([422, 'gas']);
});

test('every set named in a figure can be looked up, with its source', async () => {
  const { body } = await world.as('viewer').get('/v1/factor-sets');
  const { items } = factorSetsShape.strict().parse(body);
  const { figures } = await ask('year=2026&month=10');
  for (const name of figures?.factorSet.split(' + ') ?? [])
    expect(items.find((set) => set.name === name)?.source.en.length).toBeGreaterThan(10);
});
