import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fault } from '../../model/errors.ts';
import {
  actor,
  exampleInventory,
  exampleSecrets,
  faultsOf,
  mustImport,
  testRegistry,
} from './city.ts';

const brief = (faults: readonly Fault[]) => faults.map(({ path, line }) => `${path}:${line}`);

test("the design's own example is imported, with its defaults", async () => {
  const { registry } = testRegistry();
  const changes = await mustImport(registry, exampleInventory);
  expect(changes).toHaveLength(16);
  expect(new Set(changes.map(({ change }) => change))).toEqual(new Set(['add']));
  expect(registry.get('meters', 'm1')).toEqual({
    id: 'm1',
    building: 'b1',
    medium: 'electricity',
    name: '总表',
    ratedKw: 400,
    everyS: 60,
    ctRatio: 1,
    ptRatio: 1,
    mqtt: {},
    version: 1,
  });
  expect(registry.get('meters', 'm2')).toEqual({
    id: 'm2',
    building: 'b1',
    medium: 'electricity',
    name: 'm2',
    subItem: 'B',
    parent: 'm1',
    ctRatio: 40,
    ptRatio: 1,
    everyS: 15,
    modbus: { host: '127.0.0.1', port: 5020, unit: 3, profile: 'eastron-sdm630' },
    version: 1,
  });
  expect(registry.get('dispatches', 'd1')).toMatchObject({
    from: Date.parse('2026-11-23T00:00:00Z'),
    to: Date.parse('2026-11-23T10:00:00Z'),
  });
  expect(registry.get('calendar', '2026-10-10')).toMatchObject({
    id: '2026-10-10',
    kind: 'transfer-workday',
  });
  expect(registry.get('rules', 'off-route-default')).toMatchObject({
    enabled: true,
    params: { enterS: 60 },
  });
  expect(registry.directory().all('routing')).toHaveLength(1);
});

const tenFaults = `institutions:
  - { id: a, name: 甲, level: municipal }
  - { id: b, name: 乙, level: galactic, parent: a }
buildings:
  - { id: b1, institution: nowhere, name: 一号楼 }
meters:
  - id: m1
    building: b1
    medium: electricity
    modbus:
      host: 127.0.0.1
      port: 70000
      unit: 3
      profile: eastron-sdm9999
  - { id: m1, building: b1, medium: water }
  - { id: admin, building: b1, medium: water, colour: blue }
vehicles:
  - { id: v1, institution: a, plate: 鲁P1, class: courier, fuel: gasoline, jt808: { phone: 013x } }
users:
  - { id: u1, name: 王五, role: viewer, institution: a, password: "too short" }
dispatches:
  - { id: d1, vehicle: v1, from: "2026-11-23T08:00:00", to: "2026-11-23T18:00:00+08:00" }
`;

test('an inventory with ten faults tells all ten with their lines, and changes nothing', async () => {
  const { registry } = testRegistry();
  const before = registry.directory().version;
  const result = await registry.import(tenFaults, actor);
  if (result.ok) throw new Error('it was taken');
  expect(brief(result.faults)).toEqual([
    'institutions[1].level:3',
    'buildings[0].institution:5',
    'meters[0].modbus.port:12',
    'meters[0].modbus.profile:14',
    'meters[1].id:15',
    'meters[2].colour:16',
    'meters[2].id:16',
    'vehicles[0].jt808.phone:18',
    'users[0].password:20',
    'dispatches[0].from:22',
  ]);
  expect(result.faults[2]?.message).toBe('got 70000, want at most 65535');
  expect(registry.directory().version).toBe(before);
  expect(registry.list('institutions', { limit: 10 }).items).toEqual([]);
  expect(registry.audit({ limit: 10 })).toEqual([]);
});

test('a text that cannot be read is told by its line', async () => {
  expect(new Set(brief(await faultsOf('institutions:\n  - { id: a, name: "甲 }\n')))).toEqual(
    new Set([':3']),
  );
  expect(brief(await faultsOf('institutions: []\nmeters: []\ninstitutions: []\n'))).toEqual([':3']);
  expect((await faultsOf('')).map(({ message }) => message)).toEqual([
    expect.stringContaining('got nothing, want a mapping of institutions'),
  ]);
});

test('aliases that multiply are refused before they fill the memory', async () => {
  const layers = Array.from(
    { length: 30 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`,
  );
  const [fault] = await faultsOf(`l0: &l0 [x]\n${layers.join('\n')}\n`);
  expect(fault?.message).toContain('too many aliases');
});

test('JSON says the same as YAML', async () => {
  const { registry } = testRegistry();
  const json = JSON.stringify(
    { institutions: [{ id: 'a', name: '甲', level: 'municipal' }] },
    null,
    1,
  );
  await mustImport(registry, json);
  expect(
    await mustImport(registry, 'institutions: [{ id: a, name: 甲, level: municipal }]'),
  ).toEqual([{ kind: 'institutions', id: 'a', change: 'unchanged' }]);
  expect(brief(await faultsOf(json.replace('municipal', 'lunar')))).toEqual([
    'institutions[0].level:6',
  ]);
});

test('what has a fault is not told again where it is referred to', async () => {
  const faults = await faultsOf(`institutions: [{ id: a, name: 甲, level: lunar }]
buildings: [{ id: "b 1", institution: a, name: x }]
meters: [{ id: m1, building: "b 1", medium: water }]`);
  expect(faults.map(({ path }) => path)).toEqual([
    'institutions[0].level',
    'buildings[0].id',
    'meters[0].building',
  ]);
  expect(faults[2]?.message).toMatch(/want an id/);
});

test('a long text, read on a thread of its own, gives the same faults at the same lines', async () => {
  const short = await faultsOf(tenFaults);
  const long = await faultsOf(`${tenFaults}${'# padding\n'.repeat(11_000)}`);
  expect(long).toEqual(short);
});

test('no fault gives a secret away, wherever it stands by mistake', async () => {
  const secret = 'k3epTh1sT0Yours3lf';
  const faults = await faultsOf(`institutions: [{ id: a, name: 甲, level: municipal }]
users: [{ id: u, name: x, role: viewer, institution: a, password: ["${secret}"] }, { id: u2, name: x, role: viewer, institution: a, password: { a: "${secret}" } }]
gateways: [{ id: g, secret: { x: "${secret}" }, devices: [] }]
vehicles: [{ id: v, institution: a, plate: x, class: courier, fuel: gas, mqtt: "${secret}" }, { id: w, institution: a, plate: x, class: courier, fuel: gas, mqtt: { secret: ["${secret}"] } }]
channels: [{ id: c, kind: webhook, url: "${secret}" }, { id: e, kind: email, to: [a@b.cn], secret: "${secret}" }]`);
  expect(faults.length).toBeGreaterThanOrEqual(7);
  expect(JSON.stringify(faults)).not.toContain(secret);
  for (const known of exampleSecrets)
    expect(
      JSON.stringify(await faultsOf(exampleInventory.replace('level: municipal', 'level: x'))),
    ).not.toContain(known);
});

test('whatever the text says, import answers and never throws', async () => {
  const { registry } = testRegistry();
  const section = fc.constantFrom(
    'institutions',
    'meters',
    'vehicles',
    'places',
    'rules',
    'calendar',
    'routing',
    'gateways',
  );
  const field = fc.constantFrom(
    'id',
    'parent',
    'building',
    'kind',
    'scope',
    'modbus',
    'jt808',
    'sealed',
    'polygon',
    'from',
    '__proto__',
    'toString',
    'kinds',
    'institution',
    'channel',
    'date',
    'params',
  );
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constant([{ toString: 1 }]),
    fc.constant('device.silent'),
  );
  const entry = fc.dictionary(field, anything, { maxKeys: 6 });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        anything,
        fc.dictionary(section, fc.oneof(anything, fc.array(entry, { maxLength: 3 })), {
          maxKeys: 3,
        }),
      ),
      async (value) => {
        const result = await registry.import(JSON.stringify(value), actor, {
          dryRun: true,
          by: { role: 'integrator', institution: 'a' },
        });
        if (!result.ok)
          expect(
            result.faults.every(({ message, line }) => message.length > 0 && (line ?? 0) >= 1),
          ).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});
