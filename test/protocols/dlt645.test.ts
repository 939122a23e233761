import { describe, expect, test } from 'vitest';
import type { Meter } from '../../model/entities.ts';
import type { Sample } from '../../model/observation.ts';
import { dlt645 } from '../../protocols/dlt645/index.ts';
import { aboutMeter } from './about.ts';
import { address, decode, line, receivedAt } from './dlt645-line.ts';
import { speak } from './second-dlt645.ts';

/** Values at receipt of an answer that holds an item and its data, low byte first. */
const read = (data: string, over: Partial<Meter> = {}) => {
  const { observations, refused } = decode([speak(address, '91', data)], over);
  expect(refused).toEqual([]);
  return (observations[0] as Sample | undefined)?.values ?? {};
};

describe('what an answer says', () => {
  test('the published answers', () => {
    const { observations } = decode(['68292507072120689108 33333433 a94a3633 2f16']);
    expect(observations).toEqual([
      {
        type: 'sample',
        device: 'm1',
        at: receivedAt,
        timeSource: 'receipt',
        values: { energy_import_kwh: 317.76 },
      },
    ]);
    const other = { dlt645: { ...line, address: '000000000161' } };
    expect(decode(['68610100000000689106 33343435 3443 1016'], other)).toMatchObject({
      observations: [{ values: { voltage_a_v: 100.1 } }],
    });
  });

  test.each<[what: string, data: string, values: Sample['values']]>([
    ['forward total', '00000100 99999999', { energy_import_kwh: 999_999.99 }],
    ['combined, below zero', '00000000 50123480', { energy_combined_kwh: -3412.5 }],
    ['reverse total', '00000200 01000000', { energy_export_kwh: 0.01 }],
    ['reactive', '00000300 00100000', { reactive_import_kvarh: 10 }],
    ['tariff 1 (DI1)', '00010100 11110000', { energy_import_t1_kwh: 11.11 }],
    [
      'the last settlement day (DI0), which is no tariff',
      '01000100 22220000',
      { energy_import_settled_kwh: 22.22 },
    ],
    [
      'tariff 4 of the last settlement day',
      '01040200 44440000',
      { energy_export_t4_settled_kwh: 44.44 },
    ],
    ['a tariff beyond the catalogue', '00050100 11110000', {}],
    ['a settlement day before the last', '02000100 11110000', {}],
    [
      'all tariffs',
      '00ff0100 10000000 01000000 02000000 03000000 04000000',
      {
        energy_import_kwh: 0.1,
        energy_import_t1_kwh: 0.01,
        energy_import_t2_kwh: 0.02,
        energy_import_t3_kwh: 0.03,
        energy_import_t4_kwh: 0.04,
      },
    ],
    [
      'all settlement days',
      'ff000100 30000000 20000000 10000000',
      { energy_import_kwh: 0.3, energy_import_settled_kwh: 0.2 },
    ],
    [
      'voltages',
      '00ff0102 0122 0222 0322',
      { voltage_a_v: 220.1, voltage_b_v: 220.2, voltage_c_v: 220.3 },
    ],
    ['phases a single-phase meter fills', '00ff0102 0122 ffff ffff', { voltage_a_v: 220.1 }],
    ['phases a single-phase meter leaves out', '00ff0102 0122', { voltage_a_v: 220.1 }],
    ['a current against the direction', '00010202 885181', { current_a_a: -15.188 }],
    [
      'powers',
      '00ff0302 563412 001081 000000 ffffff',
      { power_kw: 12.3456, power_a_kw: -1.1, power_b_kw: 0 },
    ],
    ['reactive power', '00000402 001080', { reactive_power_kvar: -0.1 }],
    ['apparent power', '00000502 003080', { apparent_power_kva: 80.3 }],
    ['power factor', '00000602 5089', { power_factor: -0.95 }],
    ['frequency', '02008002 0150', { frequency_hz: 50.01 }],
    ['present demand', '04008002 001200', { demand_kw: 0.12 }],
    ['no value', '00000100 ffffffff', {}],
  ])('%s', (_, data, values) => {
    expect(read(data)).toEqual(values);
  });

  test('what the meter shows is multiplied by its ratios', () => {
    const ratios = { ctRatio: 40, ptRatio: 100 };
    expect(read('00000100 01000000', ratios)).toEqual({ energy_import_kwh: 40 });
    expect(read('00010102 0010', ratios)).toEqual({ voltage_a_v: 10_000 });
    expect(read('00010202 001500', ratios)).toEqual({ current_a_a: 60 });
    expect(read('02008002 0050', ratios)).toEqual({ frequency_hz: 50 });
  });

  test('a maximum demand is of the time it occurred', () => {
    const { observations, refused } = decode([
      speak(address, '91', '00000101 563412 15 09 21 11 26'),
      speak(address, '91', '01000101 003400 00 18 05 10 26'),
      speak(address, '91', '00000201 000000 00 00 00 00 00'),
      speak(address, '91', '00000100 01000000'),
    ]);
    expect(refused).toEqual([]);
    const device = { type: 'sample', device: 'm1', timeSource: 'device' };
    expect(observations).toEqual([
      expect.objectContaining({ at: receivedAt, values: { energy_import_kwh: 0.01 } }),
      {
        ...device,
        at: Date.parse('2026-11-21T09:15:00+08:00'),
        values: { demand_import_max_kw: 12.3456 },
      },
      {
        ...device,
        at: Date.parse('2026-10-05T18:00:00+08:00'),
        values: { demand_import_max_kw: 0.34 },
      },
    ]);
  });

  test('the zone of a demand is that of the meter', () => {
    const { observations } = decode([speak(address, '91', '00000101 563412 15 09 21 11 26')], {
      timeZone: 'Asia/Urumqi',
    });
    expect(observations[0]?.at).toBe(Date.parse('2026-11-21T09:15:00+06:00'));
  });

  test.each([
    ['a demand without a time', '00000101 563412 00 00 00 00 00', /want a time/],
    ['a demand of no day', '00000101 563412 15 09 31 02 26', /no such day/],
    ['digits beyond 9', '00000100 1a000000', /BCD/],
    ['a byte too few', '00000100 760317', /no whole values/],
    ['a byte too many', '00000100 7617030000', /no whole values/],
    ['more phases than there are', '00ff0102 0122 0222 0322 0422', /no whole values/],
  ])('%s is refused and nothing kept of it', (_, data, detail) => {
    expect(decode([speak(address, '91', data)])).toEqual({
      observations: [],
      refused: [{ part: 0, reason: 'malformed', detail: expect.stringMatching(detail) }],
    });
  });

  test('one wrong value does not take the others with it', () => {
    const decoded = decode([
      speak(address, '91', '00ff0102 0122 0a22 0322'),
      speak(address, '91', '00000100 01000000'),
    ]);
    expect(decoded).toMatchObject({
      observations: [
        { values: { voltage_a_v: 220.1, voltage_c_v: 220.3, energy_import_kwh: 0.01 } },
      ],
      refused: [{ part: 0, detail: expect.stringContaining('02010200') }],
    });
  });

  test.each([
    [
      'another meter',
      speak('000000000161', '91', '00000100 01000000'),
      'malformed',
      /000000000161/,
    ],
    ['an error', speak(address, 'd1', '02'), 'malformed', /no such data/],
    ['a request', speak(address, '11', '00000100'), 'malformed', /control 11/],
    [
      'an item we do not know',
      speak(address, '91', '01010004 01110116'),
      'unsupported',
      /04000101/,
    ],
    [
      'a later frame without the first',
      speak(address, '92', '00000100 0100000001'),
      'malformed',
      /control 92/,
    ],
  ])('an answer of %s is refused', (_, frame, reason, detail) => {
    expect(decode([frame])).toEqual({
      observations: [],
      refused: [{ part: 0, reason, detail: expect.stringMatching(detail) }],
    });
  });

  test.each([
    ['nothing', []],
    ['another format', [2, 1]],
    ['no frame', [1, 0]],
    ['a frame that is cut', [1, 1, 0, 9, 1]],
    ['bytes behind the last frame', [1, 1, 0, 1, 0x68, 0]],
  ])('a poll of %s throws', (_, bytes) => {
    expect(() => dlt645.decode(Uint8Array.from(bytes), aboutMeter(), receivedAt)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^DECODE_/) }),
    );
  });
});
