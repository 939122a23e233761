import { expect, test } from 'vitest';
import { actor, faultsOf, mustImport, testRegistry } from './city.ts';

const base = `institutions:
  - { id: a, name: 甲, level: municipal }
weather:
  - { id: w1, institution: a, month: "2026-01", source: 气象局, dailyMeanC: { "2026-01-01": -3.5, "2026-01-31": 2 } }
`;

test('a month is kept as it was written, and the same again changes nothing', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, base);
  expect(registry.get('weather', 'w1')).toMatchObject({ dailyMeanC: { '2026-01-31': 2 } });
  expect(registry.directory().belongs('weather', 'w1', new Set(['a']))).toBe(true);
  const again = await registry.import(base, actor);
  expect(again.ok && again.changes.every(({ change }) => change === 'unchanged')).toBe(true);
});

test.each([
  [
    'a day of another month',
    '{ "2026-01-05": 1 }',
    '"2026-02"',
    'weather[0].dailyMeanC.2026-01-05',
  ],
  ['what is no day', '{ "2026-02-30": 1 }', '"2026-02"', 'weather[0].dailyMeanC.2026-02-30'],
  ['degrees Fahrenheit', '{ "2026-02-05": 77 }', '"2026-02"', 'weather[0].dailyMeanC.2026-02-05'],
  ['a second of the same month', '{ "2026-01-05": 1 }', '"2026-01"', 'weather[0].month'],
])('%s is refused with its place', async (_, days, month, path) => {
  const text = `weather: [{ id: w2, institution: a, month: ${month}, dailyMeanC: ${days} }]`;
  expect(await faultsOf(text, base)).toMatchObject([{ path }]);
});
