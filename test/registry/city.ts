import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { type ZodType, z } from 'zod';
import { type Context, quiet } from '../../model/context.ts';
import type { Fault } from '../../model/errors.ts';
import type { Registry } from '../../registry/registry.ts';
import { openRegistry } from '../../registry/sqlite-registry.ts';

// Password hashes and `fsync` are slow by design, and machines may be busy.
vi.setConfig({ testTimeout: 60_000 });

export const actor = { user: 'tester' };
export const serverKey = Buffer.alloc(32, 7);

export const knowledge = {
  profiles: new Set(['eastron-sdm630', 'eastron-sdm120']),
  mappings: new Map([
    ['neuron', { meter: '/node' }],
    ['acrel-adw300', {}],
  ]),
  terminalProfiles: new Set(['obd']),
  isDlt645Item: (item: string) => item.startsWith('0001'),
  ruleKinds: new Map<string, ZodType>([
    ['vehicle.off-route', z.strictObject({ enterS: z.number().positive().default(30) })],
    [
      'device.silent',
      z.object({ factor: z.number().min(1).default(3), floorS: z.number().default(60) }),
    ],
  ]),
};

/** A folder that is gone when the test is over. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-registry-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A registry in a file of its own, with a clock that the test sets. */
export function testRegistry(
  start = Date.parse('2026-11-22T00:00:00Z'),
  file = join(testFolder(), 'registry.db'),
) {
  const clock = { now: start };
  const context: Context = { ...quiet, now: () => clock.now };
  const registry: Registry = openRegistry(file, { ...knowledge, serverKey }, context);
  onTestFinished(() => registry.close());
  return { registry, clock, file };
}

export async function mustImport(registry: Registry, text: string) {
  const result = await registry.import(text, actor);
  if (!result.ok)
    throw new Error(
      result.faults.map(({ path, line, message }) => `${path} ${line} ${message}`).join('\n'),
    );
  return result.changes;
}

/** What is wrong with a text, over a registry that holds what `setUp` says. */
export async function faultsOf(text: string, setUp = ''): Promise<readonly Fault[]> {
  const { registry } = testRegistry();
  if (setUp) await mustImport(registry, setUp);
  const result = await registry.import(text, actor);
  return result.ok ? [] : result.faults;
}

/** The inventory as the design writes it, with secrets in the place of its dots. */
export const exampleInventory = `institutions:
  - { id: lc-hq, name: 市机关事务管理局, level: municipal, division: "371500", kind: party-government,
      energyUsers: 420, floorAreaM2: 38000, parent: null, timeZone: Asia/Shanghai }
buildings:
  - { id: b1, institution: lc-hq, name: 1号楼, floorAreaM2: 21000 }
meters:                      # medium: electricity | water | gas | heat | environment
  - { id: m1, building: b1, medium: electricity, name: 总表, ratedKw: 400, everyS: 60, mqtt: { secret: "4f1d8a6c0b9e72355ac1e0d97f3b2846" } }
  - { id: m2, building: b1, medium: electricity, subItem: B, parent: m1, ctRatio: 40, everyS: 15,
      modbus: { host: 127.0.0.1, port: 5020, unit: 3, profile: eastron-sdm630 } }
vehicles:
  - { id: v1, institution: lc-hq, plate: 鲁P12345, class: courier, fuel: gasoline, tankL: 60, parking: p1, everyS: 10,
      jt808: { phone: "013912345678" }, mqtt: { secret: "a chosen secret of the car" }, exempt: [vehicle.tail-number], sealed: [{ from: "2026-10-01", to: "2026-10-08" }] }
places:                      # lon, lat in WGS-84
  - { id: p1, institution: lc-hq, name: 定点停车场, kind: parking, circle: { center: [115.98, 36.45], radiusM: 120 } }
  - { id: z1, institution: lc-hq, name: 四区, kind: area, polygon: [[115.9, 36.4], [116.1, 36.4], [116.1, 36.5], [115.9, 36.5]] }
routes:
  - { id: r1, institution: lc-hq, name: 城区到临清, line: [[115.98, 36.45], [115.85, 36.6], [115.7, 36.84]], widthM: 150 }
dispatches:
  - { id: d1, vehicle: v1, driver: 张三, from: "2026-11-23T08:00:00+08:00", to: "2026-11-23T18:00:00+08:00", route: r1, purpose: 机要 }
rules:                       # an instance of a rule kind, for a scope; the most specific scope wins
  - { id: off-route-default, kind: vehicle.off-route, scope: { institution: lc-hq }, params: { enterS: 60 } }
users:
  - { id: officer1, name: 李四, role: energy-officer, institution: lc-hq, password: "at least 12 characters" }
gateways:                    # speak for several devices over one MQTT connection
  - { id: g1, secret: "9c2e7f04b1d85a366e90d3fb24c7a815", devices: [m1] }
serviceAccounts:
  - { id: bi, secret: "d07b3e1596fa4c82b8e61d20573fca94", institution: lc-hq, subscribe: ["v1/alerts/lc-hq/#"] }
calendar:                    # amends the built-in statutory calendar
  - { date: "2026-10-10", kind: transfer-workday, name: 国庆调休 }     # workday | weekend | statutory-holiday | transfer-workday
channels:
  - { id: duty, kind: webhook, url: "https://hooks.example.cn/duty", secret: "webhook signing secret" }
routing:
  - { institution: lc-hq, kinds: ["vehicle.*"], severity: warning, channel: duty }
`;

/** Every secret of the example, in clear. */
export const exampleSecrets = [
  '4f1d8a6c0b9e72355ac1e0d97f3b2846',
  'a chosen secret of the car',
  'at least 12 characters',
  '9c2e7f04b1d85a366e90d3fb24c7a815',
  'd07b3e1596fa4c82b8e61d20573fca94',
  'webhook signing secret',
];

/** A tree of institutions, one apart, and things in each. */
export const tree = `institutions:
  - { id: top, name: 市, level: municipal }
  - { id: mid, name: 区, level: county, parent: top }
  - { id: low, name: 所, level: unit, parent: mid }
  - { id: far, name: 远, level: municipal }
buildings: [{ id: b-low, institution: low, name: 楼 }, { id: b-far, institution: far, name: 楼 }]
meters: [{ id: m-low, building: b-low, medium: water, name: 水表 }, { id: m-far, building: b-far, medium: water }]
vehicles: [{ id: v-mid, institution: mid, plate: 鲁A00001, class: general, fuel: electric }]
gateways: [{ id: g-both, devices: [m-low, m-far] }, { id: g-low, devices: [m-low, v-mid] }]
rules: [{ id: r-all, kind: device.silent }, { id: r-low, kind: device.silent, scope: { meter: m-low } }]
`;
