import { describe, expect, test } from 'vitest';
import type { Meter } from '../../model/entities.ts';
import type { Sample } from '../../model/observation.ts';
import { cjt188 } from '../../protocols/cjt188/index.ts';
import { aboutMeter } from './about.ts';
import { address, clock, decode, heat, receivedAt, total, water } from './cjt188-line.ts';
import { speak } from './second-cjt188.ts';
import { toBytes } from './second-dlt645.ts';
import { cutsOf, flipsOf } from './spoilt.ts';

const heatTail = `${clock} 00 00`;

/** What a frame with this data says; a fault fails the test. */
const read = (type: string, data: string, over: Partial<Meter> = water) => {
  const { observations, refused } = decode([speak(type, address, '81', `1f90 00 ${data}`)], over);
  expect(refused).toEqual([]);
  return (observations[0] as Sample | undefined)?.values ?? {};
};

describe('what an answer says', () => {
  const open = { valve_closed: 0, valve_fault: 0, battery_low: 0 };

  test('a water meter, at the time of receipt', () => {
    const { observations } = decode([speak('10', address, '81', `1f90 00 ${total}`)]);
    expect(observations).toEqual([
      {
        type: 'sample',
        device: 'm1',
        at: receivedAt,
        timeSource: 'receipt',
        values: { volume_m3: 1234.56, volume_settled_m3: 1200, ...open },
      },
    ]);
  });

  test.each<[what: string, data: string, values: Sample['values']]>([
    [
      'litres',
      `56341200 29 00001200 29 ${clock} 0000`,
      { volume_m3: 1.23456, volume_settled_m3: 1.2, ...open },
    ],
    [
      'units ahead of values',
      `2c 56341200 2c 00001200 ${clock} 0000`,
      { volume_m3: 1234.56, volume_settled_m3: 1200, ...open },
    ],
    [
      'no settlement day',
      `56341200 2c ffffffff 2c ffffffffffffff 0000`,
      { volume_m3: 1234.56, ...open },
    ],
    [
      'a closed valve',
      `56341200 2c 00001200 2c ${clock} 0100`,
      { volume_m3: 1234.56, volume_settled_m3: 1200, ...open, valve_closed: 1 },
    ],
    [
      'a valve at fault',
      `56341200 2c 00001200 2c ${clock} 0300`,
      { volume_m3: 1234.56, volume_settled_m3: 1200, valve_fault: 1, battery_low: 0 },
    ],
    [
      'a low battery',
      `56341200 2c 00001200 2c ${clock} 0400`,
      { volume_m3: 1234.56, volume_settled_m3: 1200, ...open, battery_low: 1 },
    ],
    [
      'no state',
      `56341200 2c 00001200 2c ${clock} ffff`,
      { volume_m3: 1234.56, volume_settled_m3: 1200 },
    ],
  ])('water: %s', (_, data, values) => {
    expect(read('10', data)).toEqual(values);
  });

  test('gas', () => {
    expect(read('30', total, { ...water, medium: 'gas' })).toMatchObject({ volume_m3: 1234.56 });
  });

  const heatValues = { volume_m3: 33.42, flow_m3h: 1.2345, heat_power_kw: 45.67, battery_low: 0 };
  const temperatures = { supply_temperature_c: 65.43, return_temperature_c: 45.1 };
  const warm = '436500 104500 612700';

  test.each([
    ['kWh', '05', { heat_settled_gj: 0.036, heat_gj: 19.181484 }],
    ['MWh', '08', { heat_settled_gj: 36, heat_gj: 19181.484 }],
    ['MJ', '0e', { heat_settled_gj: 0.01, heat_gj: 5.32819 }],
    ['GJ', '11', { heat_settled_gj: 10, heat_gj: 5328.19 }],
  ])('heat in %s, units behind values or ahead', (_, unit, values) => {
    const behind = `00100000${unit} 19285300${unit} 67450000 17 45230100 35 42330000 2c ${warm} ${heatTail}`;
    const ahead = `${unit}00100000 ${unit}19285300 17 67450000 35 45230100 2c 42330000 ${warm} ${heatTail}`;
    const all = { ...heatValues, ...temperatures, ...values };
    expect(read('20', behind, heat)).toEqual(all);
    expect(read('21', ahead, heat)).toEqual(all);
  });

  test('flow in litres per hour', () => {
    const data = `0010000011 1928530011 6745000017 0050341232 423300002c ${warm} ${heatTail}`;
    expect(read('20', data, heat)).toMatchObject({ flow_m3h: 1.2345 });
  });

  test('a temperature that is no number is told, one that is filled is not', () => {
    const data = (at: string) =>
      speak(
        '20',
        address,
        '81',
        `1f9000 0010000011 1928530011 6745000017 4523010035 423300002c ${at} ${heatTail}`,
      );
    const wrong = decode([data('4a6500 ffffff 612700')], heat);
    expect(wrong.refused).toEqual([
      { part: 0, reason: 'malformed', detail: expect.stringContaining('supply_temperature_c') },
    ]);
    expect(wrong.observations).toMatchObject([{ values: { heat_gj: 5328.19 } }]);
    expect(Object.keys((wrong.observations[0] as Sample).values)).not.toContain(
      'return_temperature_c',
    );
  });

  const refusals: readonly (readonly [string, string, string, RegExp])[] = [
    [
      'a unit that is none',
      speak('10', address, '81', `1f9000 56341200 77 00001200 2c ${clock} 0000`),
      'malformed',
      /either order/,
    ],
    [
      'digits beyond 9',
      speak('10', address, '81', `1f9000 5a341200 2c 00001200 2c ${clock} 0000`),
      'malformed',
      /either order/,
    ],
    [
      'values that read both ways',
      speak('10', address, '81', `1f9000 29341200 29 29001200 29 ${clock} 0000`),
      'malformed',
      /either order of/,
    ],
    [
      'another maker’s identifier',
      speak('10', address, '81', `9012 d7 ${total}`),
      'unsupported',
      /90 12/,
    ],
    ['another length', speak('10', address, '81', '1f9000 563412002c'), 'unsupported', /5 bytes/],
    [
      'another meter',
      speak('10', '00112233445567', '81', `1f9000${total}`),
      'malformed',
      /00112233445567/,
    ],
    [
      'a heat meter in place of a water meter',
      speak('20', address, '81', `1f9000${total}`),
      'malformed',
      /heat/,
    ],
    ['a type of its own', speak('40', address, '81', `1f9000${total}`), 'unsupported', /type 40/],
    ['an error', speak('10', address, 'c1', '00 04 02'), 'malformed', /state 04 02/],
    ['the address alone', speak('10', address, '83', '0a8100'), 'malformed', /control 83/],
    ['a request', speak('10', address, '01', '1f9000'), 'malformed', /control 01/],
  ];
  test.each(refusals)('%s is refused and nothing kept of it', (_, frame, reason, detail) => {
    expect(decode([frame])).toEqual({
      observations: [],
      refused: [{ part: 0, reason, detail: expect.stringMatching(detail) }],
    });
  });
});

describe('a spoilt frame is refused or still right', () => {
  const frames: readonly (readonly [string, string, Partial<Meter>])[] = [
    ['10', total, water],
    [
      '20',
      `0010000005 1928530005 6745000017 4523010035 423300002c 436500 104500 612700 ${heatTail}`,
      heat,
    ],
    [
      '20',
      `0500100000 0519285300 1767450000 3545230100 2c42330000 436500 104500 612700 ${heatTail}`,
      heat,
    ],
  ];

  test.each(frames)('type %s: %s', (type, data, over) => {
    const bytes = toBytes(`fefe${speak(type, address, '81', `1f90 00 ${data}`)}`);
    const about = aboutMeter(over);
    const right = cjt188.decode(cjt188.encode([bytes]), about, receivedAt).observations;
    expect(right).toHaveLength(1);
    const request = toBytes(speak(type, address, '01', '1f9000'));
    for (const spoilt of [...cutsOf(bytes), ...flipsOf(bytes)]) {
      const { observations } = cjt188.decode(cjt188.encode([spoilt]), about, receivedAt);
      if (observations.length > 0) expect(observations).toEqual(right);
      const heard = cjt188.hear(request, spoilt);
      expect(heard.type).not.toBe('refused');
      if (heard.type === 'answer') expect(heard.frame).toEqual(bytes.slice(2));
    }
  });
});
