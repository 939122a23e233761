import { beforeAll, expect, test } from 'vitest';
import { aMonth, even } from '../energy/month-figures.ts';
import { openWorld, type World } from './world.ts';

let world: World;

const kind = { level: 'municipal', kind: 'party-government', division: '371500', climateZone: 'A' };

beforeAll(async () => {
  world = await openWorld();
  const others = ['p1', 'p2', 'p3', 'p4'].map((id) => ({ id, name: id, parent: 'east', ...kind }));
  const imported = await world.registry.import(
    JSON.stringify({
      institutions: [
        { id: 'own', name: '本局', parent: 'west', ...kind },
        { id: 'below', name: '下属', parent: 'west', department: 'own', ...kind },
        ...others,
      ],
      targets: [
        {
          id: 'own-t',
          institution: 'own',
          indicator: 'per-m2-kgce',
          year: 2026,
          baseYear: 2025,
          changePct: -3.5,
        },
      ],
      caps: [{ id: 'own-c', institution: 'own', item: 'electricity-kwh', year: 2026, cap: 90_000 }],
      corrections: [
        {
          id: 'own-k',
          institution: 'own',
          item: 'electricity-kwh',
          from: '2026-01',
          to: '2026-12',
          amount: -3650,
          reason: '食堂为他单位所用',
        },
      ],
    }),
    { user: 'system' },
  );
  expect(imported).toMatchObject({ ok: true });
  for (const { id } of others) world.figures.set(id, even(2026, { electricity: 8000 }, 10));
  world.figures.set('below', even(2026, { electricity: 8000 }, 10));
  world.figures.set('own', [
    ...even(2025, { electricity: 10_000, water: 100 }),
    ...even(2026, { electricity: 12_000, water: 300 }, 9),
    aMonth('2026-10', { electricity: 12_000, water: null }),
  ]);
});

test('a year’s standing tells goals, quotas and rank, with the corrections', async () => {
  const { status, body } = await world.as('officer').get('/v1/institutions/own/standing?year=2026');
  expect(status).toBe(200);
  expect(body).toMatchObject({ year: 2026, closedMonths: 10, asOf: '2026-11-01T00:00:00+08:00' });
  expect(body.months[0].electricityKwh).toBeCloseTo(12_000 - 310, 6);
  expect(body.months[0].corrections[0]).toMatchObject({ id: 'own-k', item: 'electricity-kwh' });
  const [target] = body.targets;
  expect(target).toMatchObject({ state: 'exceeded', baseFrom: 'measured', unit: 'kgce/m²' });
  expect(target.actual).toBeCloseTo(((120_000 - 3040) * 0.1229) / 5000, 6);
  expect(body.caps[0]).toMatchObject({ state: 'exceeded', calibre: null });
  const peers = body.peers.find((each: { indicator: string }) => each.indicator === 'per-m2-kgce');
  expect(peers).toMatchObject({
    rank: 1,
    members: 6,
    reminder: true,
    from: '2026-01',
    to: '2026-10',
  });
  expect(peers.value).toBeLessThan(peers.measured);
  const water = body.peers.find(
    (each: { indicator: string }) => each.indicator === 'water-per-head-m3',
  );
  expect(water).toMatchObject({ value: null, reason: 'coverage' });
});

test('a quota is reckoned in its own calibre, whichever is asked for', async () => {
  const of = async (calibre: string) => {
    const path = `/v1/institutions/own/standing?year=2026&calibre=${calibre}`;
    return (await world.as('officer').get(path)).body;
  };
  const [one, other] = [await of('calorific'), await of('equivalent')];
  expect(one.quotas.length).toBeGreaterThan(3);
  expect(one.quotas).toEqual(other.quotas);
  expect(one.targets).toEqual(other.targets);
  const non = one.quotas[0];
  expect(non).toMatchObject({ calibre: 'equivalent', verified: false, from: '2025-11' });
  expect(non.value).toBeCloseTo(((20_000 + 116_960) * 0.31) / 5000, 6);
  expect(other.months[0].energyKgce / one.months[0].energyKgce).toBeCloseTo(0.31 / 0.1229, 6);
});

test('others of the group are counted, and named only to who may see them', async () => {
  const { body } = await world.as('officer').get('/v1/league?year=2026');
  const ids = body.items.map(({ id }: { id: string }) => id);
  expect(ids).toEqual(['own', 'below']);
  expect(body.items[0]).toMatchObject({ rank: 1, groupRank: 1, members: 6, reminder: true });
  expect(body.items[0].corrections).toBe(1);
  expect(body.items[0].mean).toBeCloseTo(body.items[1].mean, 9);
  const { body: all } = await world.as('root').get('/v1/league?year=2026');
  expect(all.items).toHaveLength(6);
});

test('a department is the sum of those it leads', async () => {
  const path = '/v1/league?year=2026&by=department&indicator=electricity-kwh';
  const { body } = await world.as('officer').get(path);
  const own = body.items.find(({ id }: { id: string }) => id === 'own');
  expect(own).toMatchObject({ name: '本局', members: 1 });
  expect(own.value).toBeCloseTo(80_000, 6);
  const region = await world.as('root').get('/v1/league?year=2026&by=region');
  expect(region.body.items[0]).toMatchObject({ id: '3715', name: '3715', members: 6 });
});

test('a year that has not begun has nothing, and a month is one month', async () => {
  const { body } = await world.as('officer').get('/v1/institutions/own/standing?year=2027');
  expect(body).toMatchObject({ asOf: null, closedMonths: 0, months: [], targets: [], quotas: [] });
  const { body: month } = await world.as('officer').get('/v1/league?year=2026&month=3');
  expect(month).toMatchObject({ from: '2026-03', to: '2026-03', month: 3 });
  const bad = await world.as('officer').get('/v1/league?year=2026&indicator=nonsense');
  expect(bad.status).toBe(400);
});

test('the month that goes on takes part as far as it is over, and is marked', async () => {
  // 22 of 30 days.
  const to = Date.parse('2026-11-23T00:00:00+08:00');
  const soFar = (electricity: number) => {
    const month = aMonth('2026-11', { electricity, water: 100 });
    return { ...month, to };
  };
  for (const id of ['own', 'below', 'p1', 'p2', 'p3', 'p4'])
    world.running.set(id, soFar(id === 'own' ? 9_000 : 6_000));
  const path = '/v1/institutions/own/standing?year=2026';
  const { body } = await world.as('officer').get(path);
  expect(body).toMatchObject({ closedMonths: 10, soFarTo: '2026-11-23T00:00:00+08:00' });
  const [cap] = body.caps;
  const actual = 120_000 - 3040 + 9_000 - (300 * 22) / 30;
  expect(cap.soFar.actual).toBeCloseTo(actual, 4);
  // The year before was even: ten months and 22 days of one.
  expect(cap.soFar.allowance).toBeCloseTo((90_000 * (10 + 22 / 30)) / 12, 4);
  expect(cap.soFar.usedPct).toBeCloseTo((100 * cap.soFar.actual) / cap.soFar.allowance, 6);
  expect(cap.actual).toBeCloseTo(120_000 - 3040, 6);
  const [peer] = body.peers;
  expect(peer.soFar).toMatchObject({ rank: 1, members: 6 });
  expect(peer.soFar.value).toBeGreaterThan(peer.value);
  const [quota] = body.quotas;
  expect(quota.soFar.value).toBeCloseTo(((10_000 * (8 / 30) + 10_000 + actual) * 0.31) / 5000, 4);
  const { body: league } = await world.as('root').get('/v1/league?year=2026');
  expect(league).toMatchObject({ to: '2026-11', soFarTo: '2026-11-23T00:00:00+08:00' });
  expect(league.items).toHaveLength(6);
  const { body: over } = await world.as('root').get('/v1/league?year=2026&soFar=false');
  expect(over).toMatchObject({ to: '2026-10', soFarTo: null });
  // Who is not known up to the same day cannot be compared.
  world.running.set('p1', { ...soFar(6_000), to: to - 86_400_000 });
  const { body: fewer } = await world.as('root').get('/v1/league?year=2026');
  expect(fewer.items.map(({ id }: { id: string }) => id)).not.toContain('p1');
  const { body: past } = await world.as('officer').get('/v1/institutions/own/standing?year=2025');
  expect(past.soFarTo).toBeNull();
  world.running.clear();
  expect((await world.as('officer').get(path)).body).toMatchObject({ soFarTo: null });
});
