import { describe, expect, test } from 'vitest';
import { decodeMapped, gatewayOf, meterNamed, receivedAt, sender } from './decode-mapping.ts';

const at = Date.parse('2026-11-22T00:15:00Z');

describe('generic', () => {
  test('flat keys and values without a time stand at receipt', () => {
    expect(decodeMapped({ voltage: 220.1, ep: 123.5 }, sender('generic'))).toEqual({
      observations: [
        {
          type: 'sample',
          device: 'm1',
          at: receivedAt,
          timeSource: 'receipt',
          values: { voltage_a_v: 220.1, energy_import_kwh: 123.5 },
        },
      ],
      refused: [],
    });
  });

  test.each([
    ['seconds', at / 1000],
    ['ms', at],
    ['seconds as text', String(at / 1000)],
    ['ISO 8601', '2026-11-22T08:15:00+08:00'],
    ['local time, compact', '20261122081500000'],
    ['local time', '2026-11-22 08:15:00'],
  ])('a time in %s', (_, ts) => {
    expect(decodeMapped({ ts, ep: '5' }, sender('generic')).observations).toEqual([
      { type: 'sample', device: 'm1', at, timeSource: 'device', values: { energy_import_kwh: 5 } },
    ]);
  });

  test('local time is that of the meter, where it has a zone', () => {
    const about = sender('generic', undefined, { timeZone: 'Asia/Urumqi' });
    expect(decodeMapped({ ts: '20261122061500', ep: 5 }, about).observations[0]?.at).toBe(at);
  });

  test('fill values are missing, unknown keys are told, and neither costs the others', () => {
    const said = decodeMapped({ ep: 5, p: 'NaN', q: null, F: 65535, zz: 1 }, sender('generic'));
    expect(said.observations).toMatchObject([{ values: { energy_import_kwh: 5 } }]);
    expect(said.refused).toEqual([
      { part: 0, reason: 'unknown-metric', detail: 'no such metric: "zz"' },
    ]);
  });
});

describe('acrel-adw300', () => {
  const message = {
    data: [
      {
        tp: at,
        point: [
          { id: 0, val: '20201998111433' },
          { id: 13, val: 45.5 },
          { id: 26, val: '49.98' },
          { id: 28, val: 123.4 },
          { id: 34, val: 1 },
          { id: 40, val: 0.03 },
        ],
      },
      { tp: at + 60_000, point: [{ id: 28, val: 123.9 }] },
    ],
  };

  test('items by their numbers, a batch of times', () => {
    expect(decodeMapped(message, sender('acrel-adw300'))).toEqual({
      observations: [
        {
          type: 'sample',
          device: 'm1',
          at,
          timeSource: 'device',
          values: { power_kw: 45.5, frequency_hz: 49.98, energy_import_kwh: 123.4 },
        },
        {
          type: 'sample',
          device: 'm1',
          at: at + 60_000,
          timeSource: 'device',
          values: { energy_import_kwh: 123.9 },
        },
      ],
      refused: [],
    });
  });

  test('one item a message', () => {
    expect(decodeMapped({ tp: at, ID: 29, val: 7 }, sender('acrel-adw300'))).toMatchObject({
      observations: [{ at, values: { energy_export_kwh: 7 } }],
      refused: [],
    });
  });

  test('the serial number is held against the name of the meter, where it has one', () => {
    expect(
      decodeMapped(message, sender('acrel-adw300', '20201998111433')).observations,
    ).toHaveLength(2);
    const other = decodeMapped(message, sender('acrel-adw300', '999'));
    expect(other.refused).toEqual([
      {
        part: 0,
        reason: 'unknown-device',
        detail: 'got meter "20201998111433", want "999", the one that sends',
      },
    ]);
    expect(other.observations).toMatchObject([{ at: at + 60_000 }]);
  });

  test('an item that nobody knows is told', () => {
    const said = decodeMapped({ tp: at, ID: 77, val: 1 }, sender('acrel-adw300'));
    expect(said).toMatchObject({ observations: [], refused: [{ reason: 'unknown-metric' }] });
  });
});

describe('neuron', () => {
  const about = gatewayOf('neuron', { modbus: meterNamed('m7') });
  const common = { timestamp: at, node: 'modbus', group: 'grp' };

  test('values-format: what could not be read is missing', () => {
    const message = {
      ...common,
      values: { energy_import_kwh: 1.5 },
      errors: { power_kw: 2014 },
      metas: {},
    };
    expect(decodeMapped(message, about)).toEqual({
      observations: [
        {
          type: 'sample',
          device: 'm7',
          at,
          timeSource: 'device',
          values: { energy_import_kwh: 1.5 },
        },
      ],
      refused: [],
    });
  });

  test('tags-format: the same', () => {
    const tags = [
      { name: 'energy_import_kwh', value: 1.5 },
      { name: 'power_kw', error: 2014 },
      { name: 'frequency_hz', value: 50, error: 3002 },
    ];
    expect(decodeMapped({ ...common, tags }, about)).toEqual({
      observations: [
        {
          type: 'sample',
          device: 'm7',
          at,
          timeSource: 'device',
          values: { energy_import_kwh: 1.5 },
        },
      ],
      refused: [],
    });
  });

  test('nothing could be read: nothing is said, and nothing is wrong', () => {
    const nothing = { observations: [], refused: [] };
    expect(decodeMapped({ ...common, values: {}, errors: { power_kw: 1 } }, about)).toEqual(
      nothing,
    );
    expect(decodeMapped({ ...common, tags: [] }, about)).toEqual(nothing);
  });

  test('a node the gateway does not speak for', () => {
    expect(decodeMapped({ ...common, node: 'other', values: { power_kw: 1 } }, about)).toEqual({
      observations: [],
      refused: [
        {
          part: 0,
          reason: 'unknown-device',
          detail: 'got meter "other", want one that gateway g1 speaks for, by its id or mqtt.id',
        },
      ],
    });
    expect(decodeMapped({ timestamp: at, values: { power_kw: 1 } }, about)).toMatchObject({
      observations: [],
      refused: [{ reason: 'malformed' }],
    });
  });
});

describe('compere-kpm', () => {
  const id = '3071523B00003';
  const about = sender('compere-kpm', id);

  test('values of one time in several messages are readings of that time', () => {
    const first = {
      id,
      isend: '0',
      time: '20261122081500',
      zyggl: '12.5',
      ua: '220.1',
      thdua: '1',
    };
    const last = { id, isend: '1', time: '20261122081500', zygsz: '15234.5' };
    expect([first, last].map((message) => decodeMapped(message, about))).toMatchObject([
      { observations: [{ at, values: { power_kw: 12.5, voltage_a_v: 220.1 } }], refused: [] },
      { observations: [{ at, values: { energy_import_kwh: 15234.5 } }], refused: [] },
    ]);
  });

  test('a message with nothing of use is told, though others are passed over', () => {
    expect(decodeMapped({ id, isend: '1', thdua: '1' }, about)).toMatchObject({
      observations: [],
      refused: [{ reason: 'unknown-metric' }],
    });
  });
});

describe('batch-gateway', () => {
  const about = gatewayOf('batch-gateway', { 'EM-1': meterNamed('m1'), 'EM-2': meterNamed('m2') });
  const metrics = {
    voltage: { unit: 'V', value: { phase_a: 220.5, line_ab: 380.4 } },
    power: { active: { unit: 'kW', value: { total: 9.6 } } },
    system: [{ power_factor: 0.92 }, { frequency: 49.98 }],
    energy: { active: { value: { forward: 1500.5, reverse: 0 } } },
  };

  test('each to its own meter, each at its own time', () => {
    const message = {
      msgId: 'a',
      msgCreateTime: '20261122081500000',
      batch: [
        { timestamp: String(at - 1000), device_id: 'EM-1', metrics },
        { device_id: 'EM-2', metrics: { energy_import_kwh: 7 } },
        { timestamp: at, device_id: 'EM-3', metrics },
      ],
    };
    const said = decodeMapped(message, about);
    expect(said.observations).toEqual([
      {
        type: 'sample',
        device: 'm1',
        at: at - 1000,
        timeSource: 'device',
        values: {
          voltage_a_v: 220.5,
          power_kw: 9.6,
          power_factor: 0.92,
          frequency_hz: 49.98,
          energy_import_kwh: 1500.5,
          energy_export_kwh: 0,
        },
      },
      { type: 'sample', device: 'm2', at, timeSource: 'device', values: { energy_import_kwh: 7 } },
    ]);
    expect(said.refused).toMatchObject([{ part: 2, reason: 'unknown-device' }]);
  });
});

describe('itemcode', () => {
  test('items of one time are one reading, texts are numbers', () => {
    const message = {
      c: 21,
      m: [
        { itemcode: 'energy_import_kwh', itemvalue: '100.5', time: '20261122081500' },
        { itemcode: 'power_kw', itemvalue: '3', time: '20261122081500' },
        { itemcode: 'power_kw', itemvalue: 'off', time: '20261122081600' },
        { itemcode: 'power_kw', itemvalue: '4', time: '20261122081700' },
      ],
    };
    expect(decodeMapped(message, sender('itemcode'))).toMatchObject({
      observations: [
        { at, values: { energy_import_kwh: 100.5, power_kw: 3 } },
        { at: at + 120_000, values: { power_kw: 4 } },
      ],
      refused: [{ part: 2, reason: 'malformed', detail: 'got "power_kw" "off", want a number' }],
    });
  });
});
