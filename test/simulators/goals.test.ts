import { expect, test } from 'vitest';
import { createCity, keyedSecrets } from '../../simulators/city.ts';
import { toGoals } from '../../simulators/goals.ts';

const city = createCity({ seed: 371_500, secretOf: keyedSecrets('00'.repeat(32)), terminals: 0.4 });

test('each institution has a target near to what it uses, and one has a cap it can keep', () => {
  const { targets, caps, corrections } = toGoals(city, Date.UTC(2026, 10, 23));
  expect(targets.map(({ institution }) => institution).sort()).toEqual(
    city.institutions.map(({ id }) => id).sort(),
  );
  const [cap] = caps;
  const home = city.institutions.find(({ id }) => id === cap?.institution);
  const target = targets.find(({ institution }) => institution === cap?.institution);
  const kwh = (target?.baseValue ?? 0) * (home?.floorAreaM2 ?? 0);
  expect(cap?.cap).toBeGreaterThan(kwh);
  expect(target).toMatchObject({ year: 2026, baseYear: 2025, changePct: -3.5 });
  expect(corrections[0]?.amount).toBeLessThan(0);
  for (const { source } of [...targets, ...caps, ...corrections]) expect(source).toMatch(/made up/);
});
