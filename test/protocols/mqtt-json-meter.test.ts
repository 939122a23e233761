import { describe, expect, test } from 'vitest';
import { decodeJson as decode } from './decode-json.ts';

const values = (given: unknown) => decode({ at: 1, values: given });

describe('meters', () => {
  test('a reading with its time', () => {
    expect(
      decode({
        at: '2026-11-22T08:00:00+08:00',
        values: { energy_import_kwh: 15234.5, power_kw: 12.1 },
      }),
    ).toEqual({
      observations: [
        {
          type: 'sample',
          device: 'm1',
          at: Date.UTC(2026, 10, 22),
          timeSource: 'device',
          values: { energy_import_kwh: 15234.5, power_kw: 12.1 },
        },
      ],
      refused: [],
    });
  });

  test('an array: parts stand or fall alone and keep their order', () => {
    const { observations, refused } = decode([
      { at: 1, values: { power_kw: 1 } },
      { at: 'yesterday', values: { power_kw: 2 } },
      7,
      { at: 3, values: { power_kw: 3 } },
      { at: 4 },
    ]);
    expect(observations.map(({ at }) => at)).toEqual([1_000, 3_000]);
    expect(refused.map(({ part, reason }) => [part, reason])).toEqual([
      [1, 'malformed'],
      [2, 'malformed'],
      [4, 'malformed'],
    ]);
  });

  test('an empty array says nothing', () =>
    expect(decode([])).toEqual({ observations: [], refused: [] }));

  test('unknown metrics are refused by name, the others kept', () => {
    const { observations, refused } = values({ power_kw: 5, humidity: 3, power_w: 9 });
    expect(observations).toMatchObject([{ values: { power_kw: 5 } }]);
    expect(refused).toEqual([
      { part: 0, reason: 'unknown-metric', detail: 'no such metric: "humidity", "power_w"' },
    ]);
  });

  test('a thousand unknown names make a short detail', () => {
    const many = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [`x${i}`.repeat(50), 1]),
    );
    expect(values(many).refused[0]?.detail.length).toBeLessThan(400);
  });

  test.each([
    [12.5, 12.5],
    ['12.5', 12.5],
    [' 12.5 ', 12.5],
    ['-3', -3],
    ['1e3', 1000],
    ['.5', 0.5],
    [0, 0],
    [-0.25, -0.25],
    [65535, 65535],
    [32767, 32767],
  ])('power %j is %s', (given, power_kw) => {
    expect(values({ power_kw: given })).toMatchObject({
      observations: [{ values: { power_kw } }],
      refused: [],
    });
  });

  test.each([
    null,
    '',
    ' ',
    'NaN',
    'nan',
    'null',
    'Infinity',
    '-inf',
    '0xFFFFFFFF',
    '0xffff',
    4294967295,
    '4294967295',
    2147483647,
    -2147483648,
    -32768,
    '-32768',
  ])('power %j is missing: neither kept nor refused', (power_kw) => {
    expect(values({ power_kw })).toEqual({ observations: [], refused: [] });
  });

  test.each(['abc', '12,5', '12 kW', '0x10', '1_000', true, {}, [], [1], '１２'])(
    'power %j is no number',
    (power_kw) => {
      const { observations, refused } = values({ power_kw, frequency_hz: 50 });
      expect(observations).toMatchObject([{ values: { frequency_hz: 50 } }]);
      expect(refused).toMatchObject([{ part: 0, reason: 'malformed' }]);
    },
  );

  test('65535 is missing where the metric cannot have it, and a value of a counter', () => {
    expect(values({ relative_humidity_pct: 65535, energy_import_kwh: 65535 })).toMatchObject({
      observations: [{ values: { energy_import_kwh: 65535 } }],
      refused: [],
    });
  });

  test('bare NaN and Infinity, as Python writes them, are missing; within text they are text', () => {
    const text =
      '{"at": 1, "note": "NaN \\" -Infinity", "values": {"power_kw": NaN, "frequency_hz": 50, "flow_m3h": -Infinity}}';
    expect(decode(text)).toMatchObject({
      observations: [{ values: { frequency_hz: 50 } }],
      refused: [],
    });
    expect(Object.keys(decode(text).observations[0] ?? {})).not.toContain('note');
  });

  test.each([[{}], [null], [[1]], ['x'], [5]])('values %j', (given) => {
    const { observations, refused } = values(given);
    expect(observations).toEqual([]);
    expect(refused.length).toBe(JSON.stringify(given) === '{}' ? 0 : 1);
  });

  test('out of range is not judged here', () => {
    expect(values({ power_factor: 7 })).toMatchObject({
      observations: [{ values: { power_factor: 7 } }],
    });
  });

  test('keys that mean something to JavaScript are only unknown metrics', () => {
    const { observations, refused } = decode(
      '{"at":1,"__proto__":{"at":9},"values":{"__proto__":1,"constructor":2,"power_kw":3}}',
    );
    expect(observations).toEqual([
      { type: 'sample', device: 'm1', at: 1000, timeSource: 'device', values: { power_kw: 3 } },
    ]);
    expect(refused).toMatchObject([{ reason: 'unknown-metric' }]);
    expect(({} as Record<string, unknown>)['at']).toBeUndefined();
  });

  test('of a key that stands twice the last one counts', () => {
    expect(decode('{"at":1,"values":{"power_kw":1,"power_kw":2}}')).toMatchObject({
      observations: [{ values: { power_kw: 2 } }],
    });
  });
});
