import { expect, test } from 'vitest';
import { mustImport, testRegistry } from './city.ts';

const hq = (officeHours: string) => `institutions:
  - { id: o1, name: 机关, level: unit, parent: null, officeHours: ${officeHours} }`;

test('office hours are kept as written, and must be times of one day', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, hq('{ from: "08:30", to: "17:30" }'));
  expect(registry.get('institutions', 'o1')?.officeHours).toEqual({ from: '08:30', to: '17:30' });
  for (const wrong of ['{ from: "18:00", to: "08:00" }', '{ from: "8", to: "17:30" }']) {
    const result = await registry.import(hq(wrong), { user: 'system' });
    expect(result.ok).toBe(false);
  }
});

test('vacations and open weekdays are kept, and a vacation that ends before it begins is refused', async () => {
  const { registry } = testRegistry();
  const school = (closures: string) =>
    `institutions: [{ id: s1, name: 实验小学, level: unit, closures: ${closures}, openWeekdays: [1, 2] }]`;
  await mustImport(registry, school('[{ from: "2026-07-04", to: "2026-09-01" }]'));
  expect(registry.get('institutions', 's1')).toMatchObject({
    closures: [{ from: '2026-07-04', to: '2026-09-01' }],
    openWeekdays: [1, 2],
  });
  const wrong = school('[{ from: "2026-07-04", to: "2026-07-04" }]');
  const result = await registry.import(wrong, { user: 'system' });
  expect(result).toMatchObject({ ok: false, faults: [{ path: 'institutions[0].closures[0].to' }] });
});

test('an order says what was approved and when it was filed', async () => {
  const { registry } = testRegistry();
  await mustImport(
    registry,
    `${hq('{ from: "08:30", to: "17:30" }')}
vehicles:
  - { id: o-v1, institution: o1, plate: 鲁P99999, class: general, fuel: gasoline, model: 红旗 H5 }
dispatches:
  - { id: o-d1, vehicle: o-v1, from: "2026-11-23T08:00:00+08:00", to: "2026-11-23T18:00:00+08:00", distanceKm: 60, filedAt: "2026-11-23T20:00:00+08:00" }`,
  );
  expect(registry.get('vehicles', 'o-v1')?.model).toBe('红旗 H5');
  expect(registry.directory().dispatchesOf('o-v1')).toMatchObject([
    { distanceKm: 60, filedAt: Date.parse('2026-11-23T20:00:00+08:00') },
  ]);
});
