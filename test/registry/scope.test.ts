import { expect, test } from 'vitest';
import { actor, mustImport, testRegistry, tree } from './city.ts';

test('lists go on where they ended, within the institutions of who asks', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, tree);
  const within = (id: string) => registry.directory().within(id);
  const ids = (page: { items: readonly { id: string }[] }) => page.items.map(({ id }) => id);
  const first = registry.list('institutions', { limit: 3 });
  expect([ids(first), first.next]).toEqual([['far', 'low', 'mid'], 'mid']);
  const rest = registry.list('institutions', { limit: 3, cursor: 'mid' });
  expect([ids(rest), rest.next]).toEqual([['top'], null]);
  expect(registry.list('institutions', { limit: 4 }).next).toBeNull();
  expect(ids(registry.list('meters', { limit: 9, institutions: within('top') }))).toEqual([
    'm-low',
  ]);
  expect(ids(registry.list('meters', { limit: 9, institutions: within('far') }))).toEqual([
    'm-far',
  ]);
  expect(ids(registry.list('vehicles', { limit: 9, institutions: within('low') }))).toEqual([]);
  expect(ids(registry.list('gateways', { limit: 9, institutions: within('top') }))).toEqual([
    'g-low',
  ]);
  expect(ids(registry.list('rules', { limit: 9, institutions: within('top') }))).toEqual(['r-low']);
  expect(ids(registry.list('meters', { limit: 9, search: '水' }))).toEqual(['m-low']);
  expect(ids(registry.list('vehicles', { limit: 9, search: 'a0000' }))).toEqual(['v-mid']);
});

test('who acts for one institution imports within it alone', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, tree);
  const by = { role: 'integrator', institution: 'mid' } as const;
  const faults = async (text: string) => {
    const result = await registry.import(text, actor, { by, dryRun: true });
    return result.ok ? [] : result.faults.map(({ path }) => path);
  };
  expect(
    await faults(`institutions: [{ id: new, name: 新, level: unit, parent: low }]
buildings: [{ id: b-new, institution: new, name: 楼 }]
meters: [{ id: m-new, building: b-new, medium: gas }]
calendar: []`),
  ).toEqual([]);
  expect(await faults('meters: [{ id: m-far, building: b-low, medium: water }]')).toEqual([
    'meters[0]',
  ]);
  expect(await faults('meters: [{ id: m-low, building: b-far, medium: water }]')).toEqual([
    'meters[0]',
  ]);
  expect(
    await faults(`institutions: [{ id: far, name: 远, level: municipal, parent: mid }]
meters: [{ id: m-far, building: b-far, medium: water, ctRatio: 2 }]`),
  ).toEqual(['institutions[0]', 'meters[0]']);
  expect(await faults('institutions: [{ id: mid, name: 区, level: county }]')).toEqual([
    'institutions[0]',
  ]);
  expect(await faults('rules: [{ id: r, kind: device.silent }]')).toEqual(['rules[0]']);
  expect(await faults('users: [{ id: u, name: x, role: viewer, institution: low }]')).toEqual([
    'users[0]',
  ]);
  expect(await faults('serviceAccounts: [{ id: s, institution: low, subscribe: ["#"] }]')).toEqual([
    'serviceAccounts[0]',
  ]);
  expect(await faults('calendar: [{ date: "2027-01-01", kind: statutory-holiday }]')).toEqual([
    'calendar[0]',
  ]);
});
