import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../model/errors.ts';
import { metricNames } from '../../model/metrics.ts';
import { mqttJson } from '../../protocols/mqtt-json/index.ts';
import { aboutMeter, aboutVehicle } from './about.ts';
import { decodeJson as decode, receivedAt } from './decode-json.ts';

describe('what is no message is malformed', () => {
  test.each([
    [''],
    ['   '],
    ['{'],
    ['nonsense'],
    ['5'],
    ['"text"'],
    ['null'],
    ['true'],
    ['{"at":1,"values":{"power_kw":1}} trailing'],
    ["{'at':1}"],
    ['{"at":1,"values":{"power_kw":01}}'],
    ['[{"at":1}'],
    ['NaN'],
  ])('%j', (text) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ code: 'DECODE_MALFORMED' }));
  });

  test('bytes that are no UTF-8', () => {
    const bytes = new Uint8Array([
      ...Buffer.from('{"at":1,"note":"'),
      0xff,
      0xfe,
      ...Buffer.from('"}'),
    ]);
    expect(() => mqttJson.decode(bytes, aboutMeter(), 0)).toThrow(
      expect.objectContaining({ code: 'DECODE_MALFORMED' }),
    );
  });

  test('its error does not repeat what was sent', () => {
    expect(() => decode('secret-token')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  });

  test('a byte order mark does no harm', () => {
    expect(decode('\ufeff{"at":1,"values":{"power_kw":1}}').observations).toHaveLength(1);
  });

  test('too many parts', () => {
    expect(() => decode(`[${'1,'.repeat(10_000)}1]`)).toThrow(
      expect.objectContaining({ code: 'DECODE_MALFORMED' }),
    );
  });

  test.each([
    '['.repeat(60_000),
    `NaN"${'\\"'.repeat(32_000)}`,
    '{"values":'.repeat(6_000),
    '"\\"'.repeat(20_000).concat('NaN'),
    `[${'"NaN,'.repeat(12_000)}`,
  ])('hostile text of 64 KiB is done with at once', (text) => {
    const start = performance.now();
    expect(() => decode(text)).toThrow(AppError);
    expect(performance.now() - start).toBeLessThan(1_500);
  });

  test('deep nesting that is well formed is refused as a part', () => {
    expect(decode(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)).toMatchObject({
      observations: [],
      refused: [{ part: 0 }],
    });
  });
});

test('random bytes and random JSON throw AppError or nothing', () => {
  const metric = fc.constantFrom(...metricNames, 'x', '__proto__');
  const message = fc.record(
    {
      at: fc.anything(),
      values: fc.dictionary(metric, fc.anything()),
      lat: fc.anything(),
      lon: fc.anything(),
      datum: fc.anything(),
      acc: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => new Uint8Array(Buffer.from(text))),
    fc.oneof(message, fc.array(message)).map((one) => {
      const text = JSON.stringify(one, (_, value) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      return new Uint8Array(Buffer.from(text));
    }),
  );
  fc.assert(
    fc.property(
      bytes,
      fc.constantFrom(aboutMeter(), aboutVehicle(), aboutMeter({ timeZone: 'Asia/Shanghai' })),
      (some, about) => {
        try {
          for (const one of mqttJson.decode(some, about, receivedAt).observations) {
            expect(Number.isFinite(one.at)).toBe(true);
            if (one.type === 'sample') {
              expect(Object.keys(one.values)).not.toEqual([]);
              expect(Object.values(one.values).every(Number.isFinite)).toBe(true);
            }
          }
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
