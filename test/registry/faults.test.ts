import { expect, test } from 'vitest';
import { faultsOf } from './city.ts';

const base = `institutions:
  - { id: a, name: 甲, level: municipal }
  - { id: b, name: 乙, level: county, parent: a }
buildings: [{ id: b1, institution: a, name: 一号楼 }]
meters: [{ id: m1, building: b1, medium: electricity }]
vehicles: [{ id: v1, institution: a, plate: 鲁P1, class: courier, fuel: gasoline, jt808: { phone: "013900000001" } }]
channels: [{ id: c1, kind: email, to: [duty@example.cn] }]
`;

const meter = (rest: string) => `meters: [{ id: m9, building: b1, medium: electricity, ${rest} }]`;
const vehicle = (rest: string) =>
  `vehicles: [{ id: v9, institution: a, plate: 鲁P9, class: courier, fuel: diesel, ${rest} }]`;

const wrong: readonly [what: string, text: string, path: string, message: RegExp][] = [
  [
    'an id with a slash',
    'buildings: [{ id: "b/1", institution: a, name: x }]',
    'buildings[0].id',
    /got "b\/1", want an id/,
  ],
  [
    'an id that is a number',
    'buildings: [{ id: 7, institution: a, name: x }]',
    'buildings[0].id',
    /got the number 7, want text/,
  ],
  [
    'a reserved id',
    'buildings: [{ id: positions, institution: a, name: x }]',
    'buildings[0].id',
    /reserved/,
  ],
  [
    'a missing name',
    'buildings: [{ id: b9, institution: a }]',
    'buildings[0].name',
    /missing; want text/,
  ],
  [
    'a meter named as a vehicle is',
    'meters: [{ id: v1, building: b1, medium: gas }]',
    'meters[0].id',
    /which is a vehicle already/,
  ],
  [
    'a gateway named as a meter is',
    'gateways: [{ id: m1, secret: s, devices: [v1] }]',
    'gateways[0].id',
    /which is a meter already/,
  ],
  [
    'a gateway for a device that is not',
    'gateways: [{ id: g1, devices: [m1, m8] }]',
    'gateways[0].devices[1]',
    /meter or vehicle that exists/,
  ],
  ['its own parent', meter('parent: m9'), 'meters[0].parent', /circle of parents: m9 → m9/],
  [
    'a circle through what is there',
    'institutions: [{ id: a, name: 甲, level: municipal, parent: b }]',
    'institutions[0].parent',
    /a → b → a/,
  ],
  [
    'a unit beyond a byte',
    meter('modbus: { host: h, port: 502, unit: 256, profile: eastron-sdm630 }'),
    'meters[0].modbus.unit',
    /at most 255/,
  ],
  [
    'generic without registers',
    meter('modbus: { host: h, port: 502, unit: 1, profile: generic }'),
    'meters[0].modbus.registers',
    /missing/,
  ],
  [
    'registers beside a profile',
    meter(
      'modbus: { host: h, port: 502, unit: 1, profile: eastron-sdm630, registers: [{ metric: power_kw, address: 0, fc: 3, type: f32 }] }',
    ),
    'meters[0].modbus.registers',
    /only profile generic/,
  ],
  [
    'an unknown metric',
    meter(
      'modbus: { host: h, port: 502, unit: 1, profile: generic, registers: [{ metric: power_hp, address: 0, fc: 3, type: f32 }] }',
    ),
    'meters[0].modbus.registers[0].metric',
    /got "power_hp", want/,
  ],
  ['an unknown time zone', meter('timeZone: Asia/Liaocheng'), 'meters[0].timeZone', /IANA/],
  ['a ratio of nothing', meter('ctRatio: 0'), 'meters[0].ctRatio', /more than 0/],
  ['an empty field', meter('everyS: '), 'meters[0].everyS', /got nothing, want a number/],
  [
    'a phone that is a number',
    vehicle('jt808: { phone: 13900000002 }'),
    'vehicles[0].jt808.phone',
    /want text/,
  ],
  [
    'a phone that another has',
    vehicle('jt808: { phone: "13900000001" }'),
    'vehicles[0].jt808.phone',
    /phone of vehicle "v1"/,
  ],
  [
    'sealed backwards',
    vehicle('sealed: [{ from: "2026-10-08", to: "2026-10-01" }]'),
    'vehicles[0].sealed[0].to',
    /want a time after/,
  ],
  [
    'a day that is not',
    vehicle('sealed: [{ from: "2026-02-30", to: "2026-10-01" }]'),
    'vehicles[0].sealed[0].from',
    /YYYY-MM-DD/,
  ],
  [
    'a place without a shape',
    'places: [{ id: p, institution: a, kind: poi }]',
    'places[0]',
    /neither circle nor polygon/,
  ],
  [
    'a place of two shapes',
    'places: [{ id: p, institution: a, kind: poi, circle: { center: [1, 2], radiusM: 3 }, polygon: [[1, 1], [2, 2], [1, 2]] }]',
    'places[0]',
    /both circle and polygon/,
  ],
  [
    'latitude before longitude',
    'places: [{ id: p, institution: a, kind: poi, circle: { center: [36.4, 115.9], radiusM: 3 } }]',
    'places[0].circle.center[1]',
    /at most 90/,
  ],
  [
    'a polygon of two corners',
    'places: [{ id: p, institution: a, kind: poi, polygon: [[1, 1], [2, 2], [1, 1]] }]',
    'places[0].polygon',
    /3 different corners/,
  ],
  [
    'a route of one point',
    'routes: [{ id: r, institution: a, line: [[1, 1]] }]',
    'routes[0].line',
    /2 different points/,
  ],
  [
    'a route by a place that is not there',
    'routes: [{ id: r, institution: a, line: [[1, 1], [2, 2]], mustVisit: [p7] }]',
    'routes[0].mustVisit[0]',
    /got "p7", want the id of a place/,
  ],
  [
    'widths for more segments than there are',
    'routes: [{ id: r, institution: a, line: [[1, 1], [2, 2]], segmentWidthsM: [50, 60] }]',
    'routes[0].segmentWidthsM',
    /one number fewer/,
  ],
  [
    'a dispatch that ends first',
    'dispatches: [{ id: d, vehicle: v1, from: "2026-11-23T18:00:00+08:00", to: "2026-11-23T08:00:00Z" }]',
    'dispatches[0].to',
    /want a time after from/,
  ],
  [
    'a dispatch on no route',
    'dispatches: [{ id: d, vehicle: v1, route: r7, from: "2026-11-23T08:00:00Z", to: "2026-11-23T18:00:00Z" }]',
    'dispatches[0].route',
    /got "r7", want the id of a route/,
  ],
  [
    'an unknown rule kind',
    'rules: [{ id: r, kind: vehicle.flying }]',
    'rules[0].kind',
    /got "vehicle.flying", want vehicle.off-route/,
  ],
  [
    'a parameter out of range',
    'rules: [{ id: r, kind: device.silent, params: { factor: 0 } }]',
    'rules[0].params.factor',
    /at least 1/,
  ],
  [
    'a parameter that strict rules do not know',
    'rules: [{ id: r, kind: vehicle.off-route, params: { entreS: 5 } }]',
    'rules[0].params.entreS',
    /not a known field/,
  ],
  [
    'a parameter that lenient rules drop',
    'rules: [{ id: r, kind: device.silent, params: { fcator: 5 } }]',
    'rules[0].params.fcator',
    /not a known field/,
  ],
  [
    'a scope of two',
    'rules: [{ id: r, kind: device.silent, scope: { meter: m1, institution: a } }]',
    'rules[0].scope',
    /got meter and institution/,
  ],
  [
    'a user everywhere',
    'users: [{ id: u, name: x, role: viewer }]',
    'users[0].institution',
    /only an admin/,
  ],
  [
    'a filter that is none',
    'serviceAccounts: [{ id: s, institution: a, subscribe: ["v1/#/x"] }]',
    'serviceAccounts[0].subscribe[0]',
    /topic filter/,
  ],
  [
    'a webhook without address',
    'channels: [{ id: c, kind: webhook }]',
    'channels[0].url',
    /missing/,
  ],
  [
    'a webhook to a file',
    'channels: [{ id: c, kind: webhook, url: "file:///etc/passwd" }]',
    'channels[0].url',
    /web address/,
  ],
  [
    'mail with an address of the web',
    'channels: [{ id: c, kind: email, to: [a@example.cn], url: "https://x.cn" }]',
    'channels[0].url',
    /does not take it/,
  ],
  [
    'a routing to nowhere',
    'routing: [{ institution: a, kinds: ["*"], severity: info, channel: c7 }]',
    'routing[0].channel',
    /channel that exists/,
  ],
  [
    'a routing twice',
    `routing:
  - { institution: a, kinds: ["vehicle.*", "energy.*"], severity: info, channel: c1 }
  - { institution: a, kinds: ["energy.*", "vehicle.*"], severity: warning, channel: c1 }`,
    'routing[1]',
    /second time \(first in routing\[0\]\)/,
  ],
  ['an unknown section', 'metres: []', 'metres', /not a known section/],
  ['a section that is no list', 'meters: { m1: {} }', 'meters', /want a list/],
  ['an entry that is no mapping', 'meters: [m1]', 'meters[0]', /want a mapping/],
];

test.each(wrong)('%s is a fault, and the only one', async (_, text, path, message) => {
  const faults = await faultsOf(text, base);
  expect(faults.map((fault) => fault.path)).toEqual([path]);
  expect(faults[0]?.message).toMatch(message);
});

test('a circle is told once, where it first appears', async () => {
  const faults = await faultsOf(`institutions:
  - { id: above, name: 丙, level: unit, parent: a }
  - { id: a, name: 甲, level: municipal, parent: b }
  - { id: b, name: 乙, level: county, parent: a }`);
  expect(faults).toEqual([
    { path: 'institutions[1].parent', line: 3, message: 'makes a circle of parents: a → b → a' },
  ]);
});
