import { expect, test } from 'vitest';
import { quiet } from '../../model/context.ts';
import { dayMs } from '../../model/time.ts';
import { loadMappings } from '../../protocols/mapping.ts';
import { loadProfiles } from '../../protocols/profile.ts';
import { openRegistry } from '../../registry/sqlite-registry.ts';
import { ruleKinds } from '../../rules/index.ts';
import { createCity, keyedSecrets } from '../../simulators/city.ts';
import { toInventory } from '../../simulators/inventory.ts';
import { distanceM } from '../../simulators/streets.ts';
import { actor, testFolder } from '../registry/city.ts';
import { monday } from './town.ts';

const cityOf = (seed: number, institutions = 6) => createCity({ seed, institutions });
const options = { modbusPort: 5020, now: monday };

test('the same seed is the same city; another is another', () => {
  const text = (seed: number) => JSON.stringify(toInventory(cityOf(seed), options));
  expect(text(1)).toBe(text(1));
  expect(text(1)).not.toBe(text(2));
});

test('about 40 meters of all media and 25 vehicles', () => {
  const { meters, vehicles, institutions } = cityOf(1);
  expect(meters.length).toBeGreaterThanOrEqual(40);
  expect(vehicles).toHaveLength(25);
  expect(new Set(meters.map(({ medium }) => medium))).toEqual(
    new Set(['electricity', 'water', 'gas', 'heat', 'environment']),
  );
  expect(institutions.filter(({ parent }) => parent !== null).length).toBeGreaterThan(3);
  expect(meters.filter(({ modbus }) => modbus).length).toBeGreaterThanOrEqual(4);
});

async function importOf(inventory: unknown) {
  const registry = openRegistry(
    `${testFolder()}/registry.db`,
    {
      profiles: new Set(loadProfiles().keys()),
      mappings: loadMappings(),
      ruleKinds: new Map(ruleKinds.map(({ kind, params }) => [kind, params])),
      serverKey: Buffer.alloc(32, 7),
    },
    quiet,
  );
  const result = await registry.import(JSON.stringify(inventory), actor);
  registry.close();
  return result;
}

test('the registry takes the inventory as it is, and knows a fault in it', async () => {
  const inventory = toInventory(cityOf(3), options);
  expect(await importOf(inventory)).toMatchObject({ ok: true });
  const [first, ...rest] = inventory.meters;
  expect(
    await importOf({ ...inventory, meters: [{ ...first, building: 'nowhere' }, ...rest] }),
  ).toMatchObject({ ok: false });
});

test('a large city has ids, plates and slave addresses of its own for everything', () => {
  const city = cityOf(5, 400);
  const { meters, vehicles } = city;
  expect(meters.length).toBeGreaterThan(2000);
  const unique = (values: readonly unknown[]) => expect(new Set(values).size).toBe(values.length);
  unique([...meters, ...vehicles, ...city.institutions, ...city.buildings].map(({ id }) => id));
  unique(vehicles.map(({ plate }) => plate));
  unique(city.routes.map(({ id }) => id));
  const units = meters.flatMap(({ modbus }) => (modbus ? [modbus.unit] : []));
  unique(units);
  expect(Math.max(...units)).toBeLessThanOrEqual(247);
  const ids = new Set(meters.map(({ id }) => id));
  expect(meters.filter(({ parent }) => parent !== undefined && !ids.has(parent))).toEqual([]);
});

test('routes follow streets: no leg is long, none is short, and each begins where its vehicles are parked', () => {
  const { routes, places } = cityOf(2);
  for (const { line, institution } of routes) {
    const legs = line.slice(1).map((point, i) => distanceM(line[i] ?? point, point));
    expect(Math.min(...legs)).toBeGreaterThan(400);
    expect(Math.max(...legs)).toBeLessThan(800);
    const yard = places.find(({ id }) => id === `${institution}-parking`)?.circle;
    expect(yard?.center).toEqual(line[0]);
  }
});

test('dispatches of a vehicle do not overlap and stand around now', () => {
  const { dispatches } = toInventory(cityOf(4), { ...options, pastDays: 1, aheadDays: 3 });
  for (const own of Map.groupBy(dispatches, ({ vehicle }) => vehicle).values()) {
    const spans = own.map(({ from, to }) => [Date.parse(from), Date.parse(to)] as const);
    for (const [i, [from, to]] of spans.entries()) {
      expect(to).toBeGreaterThan(from);
      expect(from).toBeGreaterThanOrEqual(spans[i - 1]?.[1] ?? 0);
      expect(to).toBeGreaterThan(monday - dayMs);
      expect(from).toBeLessThan(monday + 3 * dayMs);
    }
  }
});

test('secrets of a key are those of no other, and 128 bits long', () => {
  const [one, other] = [keyedSecrets('a'), keyedSecrets('b')];
  expect(one('m1')).toMatch(/^[0-9a-f]{32}$/);
  expect(one('m1')).toBe(one('m1'));
  expect(new Set([one('m1'), one('m2'), other('m1')]).size).toBe(3);
});
