import { expect, test } from 'vitest';
import { actor, faultsOf, mustImport, testRegistry } from './city.ts';

const base = `institutions:
  - { id: a, name: 甲, level: municipal, energyUsers: 100 }
  - { id: b, name: 乙, level: county, parent: a, energyUsers: 40 }
  - { id: c, name: 丙, level: county, parent: a }
buildings:
  - { id: a1, institution: a, name: 一号楼, floorAreaM2: 600 }
  - { id: b1, institution: b, name: 二号楼, floorAreaM2: 400 }
  - { id: c1, institution: c, name: 三号楼 }
meters:
  - { id: total, building: a1, medium: electricity }
  - { id: water, building: a1, medium: water }
  - { id: sub-b, building: b1, medium: electricity, parent: total }
  - { id: in-c, building: c1, medium: electricity }
`;

const meter = (rest: string) => `meters: [{ id: m9, building: b1, medium: electricity, ${rest} }]`;
const virtual = (parts: string) => meter(`virtual: { parts: [${parts}] }`);

const wrong: readonly [what: string, text: string, path: string, message: RegExp][] = [
  ['a parent of another medium', meter('parent: water'), 'meters[0].parent', /medium "water"/],
  [
    'a parent of an institution beside it',
    meter('parent: in-c'),
    'meters[0].parent',
    /got a meter of c, want one of b or an institution above it/,
  ],
  [
    'a medium that no longer fits what hangs on it',
    'meters: [{ id: total, building: a1, medium: water }]',
    'meters[0].medium',
    /like meter "sub-b"/,
  ],
  [
    'a part that does not exist',
    virtual('{ meter: nobody }'),
    'meters[0].virtual.parts[0].meter',
    /exists/,
  ],
  [
    'a part of another medium',
    virtual('{ meter: water }'),
    'meters[0].virtual.parts[0].meter',
    /medium "water"/,
  ],
  [
    'a part of an institution that is no relation',
    virtual('{ meter: in-c }'),
    'meters[0].virtual.parts[0].meter',
    /got a meter of c/,
  ],
  [
    'a factor of nothing',
    virtual('{ meter: total, factor: 0 }'),
    'meters[0].virtual.parts[0].factor',
    /other than 0/,
  ],
  ['itself as a part', virtual('{ meter: m9 }'), 'meters[0].virtual', /m9 → m9/],
  [
    'a virtual meter that is asked',
    meter(
      'virtual: { parts: [{ meter: total }] }, modbus: { host: h, port: 502, unit: 1, profile: eastron-sdm630 }',
    ),
    'meters[0].modbus',
    /sends nothing/,
  ],
  [
    'a share of somebody who is not among them',
    virtual('{ meter: total, share: { by: area, own: a1, among: [{ id: b1 }] } }'),
    'meters[0].virtual.parts[0].share.own',
    /among/,
  ],
  [
    'a share by an area that nobody knows',
    virtual('{ meter: total, share: { by: area, own: b1, among: [{ id: b1 }, { id: c1 }] } }'),
    'meters[0].virtual.parts[0].share.among[1].id',
    /floorAreaM2/,
  ],
  [
    'a share by the heads of a building',
    virtual('{ meter: total, share: { by: headcount, own: b, among: [{ id: b }, { id: a1 }] } }'),
    'meters[0].virtual.parts[0].share.among[1].id',
    /energyUsers/,
  ],
];

test.each(wrong)('%s is a fault, and the only one', async (_, text, path, message) => {
  const faults = await faultsOf(text, base);
  expect(faults.map((fault) => fault.path)).toEqual([path]);
  expect(faults[0]?.message).toMatch(message);
});

test('a circle through several virtual meters is told', async () => {
  const faults = await faultsOf(
    `meters:
  - { id: v1, building: b1, medium: electricity, virtual: { parts: [{ meter: v2 }] } }
  - { id: v2, building: b1, medium: electricity, virtual: { parts: [{ meter: total }, { meter: v1, factor: -1 }] } }`,
    base,
  );
  expect(faults.map(({ path }) => path)).toEqual(['meters[0].virtual', 'meters[1].virtual']);
});

test('parents above, and sums, differences and shares are taken, with their defaults', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, base);
  await mustImport(
    registry,
    virtual(
      '{ meter: total, share: { by: area, own: b1, among: [{ id: a1, weight: 0.5 }, { id: b1 }] } }, { meter: sub-b, factor: -1 }',
    ),
  );
  expect(registry.get('meters', 'm9')?.virtual).toEqual({
    parts: [
      {
        meter: 'total',
        factor: 1,
        share: {
          by: 'area',
          own: 'b1',
          among: [
            { id: 'a1', weight: 0.5 },
            { id: 'b1', weight: 1 },
          ],
        },
      },
      { meter: 'sub-b', factor: -1 },
    ],
  });
  // A meter that another one is made of cannot go.
  await expect(registry.remove('meters', 'sub-b', actor)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  });
});

test('an importer of one institution cannot reach into meters above it', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, base);
  const by = { role: 'integrator', institution: 'b' } as const;
  const result = await registry.import(virtual('{ meter: total }'), actor, { by });
  expect(result).toMatchObject({
    ok: false,
    faults: [{ path: 'meters[0].virtual.parts[0].meter' }],
  });
  const record =
    'replacements: [{ id: r1, meter: sub-b, at: 2026-11-01T00:00:00Z, finalReading: 5, firstReading: 0, reason: x, confirmedBy: x, confirmedAt: 2026-11-01T00:00:00Z }]';
  expect(await registry.import(record, actor, { by })).toMatchObject({
    ok: false,
    faults: [{ path: 'replacements[0]' }],
  });
});

test('replacements are kept, in order, with their line in the audit log', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, base);
  const record = (id: string, at: string) => ({
    id,
    meter: 'total',
    at,
    finalReading: 5000,
    firstReading: 1,
    reason: '轮换',
    confirmedBy: 'officer',
    confirmedAt: '2026-11-03T00:00:00Z',
  });
  await registry.create('replacements', record('r2', '2026-11-02T00:00:00Z'), actor);
  await registry.create('replacements', record('r1', '2026-11-01T00:00:00Z'), actor);
  const directory = registry.directory();
  expect(directory.replacementsOf('total').map(({ at }) => at)).toEqual([
    Date.parse('2026-11-01T00:00:00Z'),
    Date.parse('2026-11-02T00:00:00Z'),
  ]);
  expect(directory.replacementsOf('water')).toEqual([]);
  expect(directory.belongs('replacements', 'r1', new Set(['a']))).toBe(true);
  expect(directory.belongs('replacements', 'r1', new Set(['b']))).toBe(false);
  const [entry] = registry.audit({ limit: 1 });
  expect(entry).toMatchObject({ action: 'create', kind: 'replacements', id: 'r1', user: 'tester' });
});
