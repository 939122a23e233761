import { expect, test } from 'vitest';
import { isAppError } from '../../model/errors.ts';
import { loadMappings } from '../../protocols/mapping.ts';
import { aboutVehicle } from './about.ts';
import {
  decodeBy,
  decodeMapped,
  gatewayOf,
  meterNamed,
  receivedAt,
  sender,
} from './decode-mapping.ts';

const at = Date.parse('2026-11-22T00:15:00Z');
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
  return 'nothing thrown';
};

test('units and scales lead to the unit of the metric, to the last bit', () => {
  const yaml = `metrics:
  wh: { metric: energy_import_kwh, unit: Wh }
  raw: { metric: power_kw, unit: W, scale: 0.1 }
  up: { metric: voltage_a_v, unit: kV }
  share: { metric: power_factor, unit: "%" }
  litres: { metric: volume_m3, unit: L, scale: 10 }
  back: { metric: power_a_kw, scale: -1 }`;
  const message = { wh: 12345, raw: 6543, up: 0.4, share: 95, litres: 123, back: 5 };
  expect(decodeBy(yaml, message).observations).toMatchObject([
    {
      values: {
        energy_import_kwh: 12.345,
        power_kw: 0.6543,
        voltage_a_v: 400,
        power_factor: 0.95,
        volume_m3: 1.23,
        power_a_kw: -5,
      },
    },
  ]);
});

test('fill values are judged before the scale, and a mapping may name others', () => {
  const yaml = `metrics:
  u: { metric: voltage_a_v, scale: 0.1 }
  pf: { metric: power_factor, scale: 0.001 }
  t: { metric: indoor_temperature_c, missing: [999] }`;
  expect(decodeBy(yaml, { u: 4294967295, pf: 65535, t: 999 })).toEqual({
    observations: [],
    refused: [],
  });
  expect(decodeBy(yaml, { u: 2201, pf: 950, t: 21 }).observations).toMatchObject([
    { values: { voltage_a_v: 220.1, power_factor: 0.95, indoor_temperature_c: 21 } },
  ]);
});

test('a number too large for its unit is told, not stored', () => {
  const yaml = 'metrics: { e: { metric: energy_import_kwh, unit: MWh } }';
  expect(decodeBy(yaml, { e: 1e306 })).toMatchObject({
    observations: [],
    refused: [{ reason: 'malformed' }],
  });
});

test.each([
  ['seconds', at / 1000],
  ['seconds', `${at / 1000}.0`],
  ['milliseconds', String(at)],
  ['iso', '2026-11-22T08:15:00+0800'],
  ['local', '20261122081500'],
  ['local', 20261122081500],
  ['local', '20261122081500000'],
  ['local', '2026/11/22 08:15:00'],
])('a time in %s: %s', (format, ts) => {
  const yaml = `time: { at: /ts, format: ${format} }\ntimeZone: Asia/Shanghai`;
  expect(decodeBy(yaml, { ts, power_kw: 1 }).observations).toMatchObject([
    { at, timeSource: 'device' },
  ]);
});

test.each([
  ['seconds', '2026-11-22T08:15:00+08:00'],
  ['seconds', -1],
  ['milliseconds', 1e300],
  ['iso', '2026-11-22T08:15:00'],
  ['local', '20261122'],
  ['local', '20261332081500'],
  ['local', {}],
  ['local', '1795228800'],
])('no time in %s: %s', (format, ts) => {
  const yaml = `time: { at: /ts, format: ${format} }\ntimeZone: Asia/Shanghai`;
  expect(decodeBy(yaml, { ts, power_kw: 1 })).toMatchObject({
    observations: [],
    refused: [{ reason: 'malformed' }],
  });
});

test('local time of no zone is told', () => {
  const yaml = 'time: { at: /ts, format: local }';
  expect(decodeBy(yaml, { ts: '20261122081500', power_kw: 1 })).toMatchObject({
    observations: [],
    refused: [{ reason: 'malformed', detail: expect.stringContaining('zone') }],
  });
});

test('of several places of a time the first that says anything counts, right or wrong', () => {
  const yaml = 'readings: /batch/*\ntime: [/ts, { at: /sent, of: message }]';
  const sent = '2026-11-22T08:15:00+08:00';
  const batch = [{ power_kw: 1 }, { ts: null, power_kw: 1 }, { ts: 'noon', power_kw: 2 }];
  expect(decodeBy(yaml, { sent, batch })).toMatchObject({
    observations: [{ at, values: { power_kw: 1 } }],
    refused: [{ part: 2, reason: 'malformed' }],
  });
});

test('two values for one metric at one time: the first stands, the other is told', () => {
  const twice = decodeBy('metrics: { a: power_kw, b: power_kw }', { a: 1, b: 2 });
  expect(twice).toMatchObject({
    observations: [{ values: { power_kw: 1 } }],
    refused: [{ reason: 'conflict' }],
  });
  const apart = decodeBy('readings: /*', [{ power_kw: 1 }, { power_kw: 1 }, { power_kw: 3 }]);
  expect(apart).toMatchObject({
    observations: [{ at: receivedAt, timeSource: 'receipt', values: { power_kw: 1 } }],
    refused: [{ part: 2, reason: 'conflict' }],
  });
});

test('messages that are no readings are passed over', () => {
  const yaml = 'skip: [{ at: /type, is: [login, 7] }, { at: /reply }]\nignore: [type]';
  const nothing = { observations: [], refused: [] };
  expect(decodeBy(yaml, { type: 'login', ver: 1 })).toEqual(nothing);
  expect(decodeBy(yaml, { type: 7, power_kw: 1 })).toEqual(nothing);
  expect(decodeBy(yaml, { reply: null, power_kw: 1 })).toEqual(nothing);
  expect(decodeBy(yaml, { type: 'data', power_kw: 1 }).observations).toHaveLength(1);
});

test('values may be wrapped', () => {
  const yaml = 'values: { fields: /data, value: /value }';
  const message = { data: { power_kw: { value: 3, unit: 'kW' }, frequency_hz: { unit: 'Hz' } } };
  expect(decodeBy(yaml, message)).toMatchObject({
    observations: [{ values: { power_kw: 3 } }],
    refused: [],
  });
});

test('a meter that sends by itself is one meter', () => {
  const yaml = 'readings: /*\nmeter: /sn\ntime: /ts';
  const said = decodeBy(yaml, [
    { sn: 1, ts: at, power_kw: 1 },
    { sn: '1', ts: at + 1, power_kw: 2 },
    { sn: 2, ts: at + 2, power_kw: 3 },
    { ts: at + 3, power_kw: 4 },
    { sn: 'm1', ts: at + 4, power_kw: 5 },
  ]);
  expect(said.observations.map((one) => one.at - at)).toEqual([0, 1, 3, 4]);
  expect(said.refused).toMatchObject([{ part: 2, reason: 'unknown-device' }]);
});

test.each([
  ['no JSON', 'power=3'],
  ['a number', '3'],
  ['a text', '"power"'],
  ['null', 'null'],
  ['nothing', ''],
])('%s is malformed', (_, text) => {
  expect(codeOf(() => decodeMapped(text, sender('generic')))).toBe('DECODE_MALFORMED');
});

test('a message without readings is malformed', () => {
  const about = gatewayOf('batch-gateway', { a: meterNamed('m1') });
  expect(codeOf(() => decodeMapped({ batch: 1 }, about))).toBe('DECODE_MALFORMED');
  expect(codeOf(() => decodeMapped([], about))).toBe('DECODE_MALFORMED');
});

test('without a mapping, or with one that is gone, it is unsupported', () => {
  const gone = [
    sender('gone'),
    aboutVehicle(),
    { type: 'meter', meter: meterNamed('m1') } as const,
  ];
  for (const about of gone)
    expect(codeOf(() => decodeMapped({ power_kw: 1 }, about))).toBe('DECODE_UNSUPPORTED');
});

test('keys of JavaScript itself mean nothing', () => {
  const text = '{"__proto__":{"power_kw":1},"constructor":1,"power_kw":2}';
  expect(decodeMapped(text, sender('generic')).observations).toMatchObject([
    { values: { power_kw: 2 } },
  ]);
  const about = gatewayOf('neuron', { a: meterNamed('m1') });
  expect(decodeMapped({ node: '__proto__', values: { power_kw: 1 } }, about).refused).toMatchObject(
    [{ reason: 'unknown-device' }],
  );
});

test('depth and breadth cost nothing but a refusal', () => {
  const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
  for (const name of loadMappings().keys()) {
    expect(codeOf(() => decodeMapped(deep, sender(name)))).toMatch(/DECODE_MALFORMED|nothing/);
  }
  const wide = { data: Array.from({ length: 10_001 }, () => 1) };
  expect(codeOf(() => decodeMapped(wide, sender('acrel-adw300')))).toBe('DECODE_MALFORMED');
});
