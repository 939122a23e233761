import { expect, test } from 'vitest';
import { actor, faultsOf, mustImport, testRegistry } from './city.ts';

const year = '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]';
const seasons = `[{ months: ${year}, periods: [{ from: "22:00", to: "06:00", band: valley }, { from: "06:00", to: "22:00", band: peak }] }]`;
const tariff = (rest: string, prices = '{ peak: 1, valley: 0.3 }') =>
  `{ institution: a, source: a notice, prices: ${prices}, seasons: ${seasons}, ${rest} }`;

const base = `institutions:
  - { id: a, name: 甲, level: municipal }
  - { id: b, name: 乙, level: county, parent: a }
buildings: [{ id: b1, institution: a, name: 楼 }]
tariffs:
  - ${tariff('id: t1, validFrom: "2025-01-01", validTo: "2026-01-01"')}
`;

test('a tariff is kept as it was written, and the same again changes nothing', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, base);
  expect(registry.get('tariffs', 't1')).toMatchObject({
    institution: 'a',
    validTo: '2026-01-01',
    prices: { peak: 1, valley: 0.3 },
  });
  const again = await registry.import(base, actor);
  expect(again.ok && again.changes.every(({ change }) => change === 'unchanged')).toBe(true);
});

test('one follows the other; an end may be moved to make room', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, base);
  await mustImport(registry, `tariffs: [${tariff('id: t2, validFrom: "2026-01-01"')}]`);
  const moved = `tariffs:
  - ${tariff('id: t1, validFrom: "2025-01-01", validTo: "2025-07-01"')}
  - ${tariff('id: t3, validFrom: "2025-07-01", validTo: "2026-01-01"')}`;
  await mustImport(registry, moved);
  expect(
    registry
      .directory()
      .all('tariffs')
      .map(({ id }) => id),
  ).toEqual(['t1', 't2', 't3']);
});

test('water has one price all year, beside the tariff of electricity', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, base);
  await mustImport(
    registry,
    'tariffs: [{ id: w1, institution: a, medium: water, validFrom: "2025-01-01", source: a notice, prices: { flat: 4.2 } }]',
  );
  expect(registry.get('tariffs', 'w1')).toMatchObject({
    medium: 'water',
    prices: { flat: 4.2 },
    seasons: [{ periods: [{ from: '00:00', to: '24:00', band: 'flat' }] }],
  });
});

const of = (text: string) => `tariffs:\n  - ${text}\n`;
const wrong: readonly [what: string, text: string, path: string, message: RegExp][] = [
  [
    'a tariff on days of another',
    of(tariff('id: t2, validFrom: "2025-12-31"')),
    'tariffs[0].validFrom',
    /in force on days of tariff "t1" too/,
  ],
  [
    'two of one file on the same days',
    `${of(tariff('id: t2, validFrom: "2030-01-01"'))}  - ${tariff('id: t3, validFrom: "2029-01-01", validTo: "2029-06-01"')}\n  - ${tariff('id: t4, validFrom: "2029-05-01", validTo: "2029-09-01"')}\n`,
    'tariffs[1].validFrom',
    /tariff "t4" too/,
  ],
  [
    'water with bands',
    'tariffs: [{ id: w2, institution: a, medium: water, validFrom: "2030-01-01", source: a notice, prices: { flat: 4, peak: 5 } }]',
    'tariffs[0].prices',
    /want flat alone/,
  ],
  [
    'two prices of water on the same days',
    'tariffs: [{ id: w3, institution: a, medium: water, validFrom: "2027-01-01", source: a notice, prices: { flat: 4 } }, { id: w4, institution: a, medium: water, validFrom: "2027-01-01", source: a notice, prices: { flat: 5 } }]',
    'tariffs[0].validFrom',
    /tariff "w4" too/,
  ],
  [
    'electricity without its times of day',
    'tariffs: [{ id: t9, institution: a, validFrom: "2031-01-01", source: a notice, prices: { flat: 4 } }]',
    'tariffs[0].seasons',
    /missing/,
  ],
  [
    'a band without a price',
    of(tariff('id: t2, validFrom: "2026-01-01"', '{ peak: 1 }')),
    'tariffs[0].seasons[0].periods[0].band',
    /valley has no price/,
  ],
  [
    'a minute that lies in no period',
    of(tariff('id: t2, validFrom: "2026-01-01"').replace('from: "06:00"', 'from: "06:30"')),
    'tariffs[0].seasons[0].periods',
    /06:00 lies in no period/,
  ],
  [
    'a time that is none',
    of(tariff('id: t2, validFrom: "2026-01-01"').replace('to: "06:00"', 'to: "25:00"')),
    'tariffs[0].seasons[0].periods[0].to',
    /time of day as HH:MM/,
  ],
  [
    'a band nobody knows',
    of(tariff('id: t2, validFrom: "2026-01-01"').replace('band: peak', 'band: summit')),
    'tariffs[0].seasons[0].periods[1].band',
    /sharp \| peak/,
  ],
  [
    'no source',
    of(tariff('id: t2, validFrom: "2026-01-01"').replace('source: a notice, ', '')),
    'tariffs[0].source',
    /missing/,
  ],
  [
    'an institution that does not exist',
    of(tariff('id: t2, validFrom: "2026-01-01"').replace('institution: a', 'institution: z')),
    'tariffs[0].institution',
    /exists/,
  ],
  [
    'gas said of a meter of water',
    'meters: [{ id: m1, building: b1, medium: water, gas: { volumeCondition: standard } }]',
    'meters[0].gas',
    /only a meter of medium gas/,
  ],
  [
    'a circuit said of a meter of water',
    'meters: [{ id: m1, building: b1, medium: water, circuit: boiler }]',
    'meters[0].circuit',
    /only a meter of medium electricity/,
  ],
  [
    'a room said of a meter of electricity',
    'meters: [{ id: m1, building: b1, medium: electricity, room: archive }]',
    'meters[0].room',
    /only a meter of medium environment/,
  ],
  [
    'gas below any pressure there is',
    'meters: [{ id: m1, building: b1, medium: gas, gas: { volumeCondition: working, absolutePressureKpa: 2 } }]',
    'meters[0].gas.absolutePressureKpa',
    /at least 50/,
  ],
];

test.each(wrong)('%s is a fault, with its line', async (_, text, path, message) => {
  const faults = await faultsOf(text, base);
  const fault = faults.find((each) => each.path === path);
  expect(fault?.message).toMatch(message);
  expect(fault?.line).toBeGreaterThan(0);
});
