import { describe, expect, test } from 'vitest';
import type { Meter } from '../../model/entities.ts';
import type { Cjt188Address } from '../../model/line-address.ts';
import { askAddress } from '../../protocols/cjt188/ask.ts';
import { answerTo, type PlayedMeter } from '../../protocols/cjt188/compose.ts';
import { cjt188 } from '../../protocols/cjt188/index.ts';
import { aboutVehicle, aMeter } from './about.ts';
import { address, decode, heat, line, receivedAt, total } from './cjt188-line.ts';
import { listen, speak } from './second-cjt188.ts';
import { toBytes, toHex } from './second-dlt645.ts';

describe('what is asked', () => {
  const requestOf = (over: Partial<Cjt188Address>, medium: Meter['medium'] = 'water') => {
    const [request] = cjt188.requests(aMeter({ medium, cjt188: { ...line, ...over } }));
    return toHex(request ?? new Uint8Array());
  };

  test('a request is the published one, four wake-up bytes ahead', () => {
    expect(requestOf({ address: '11223344556600' })).toBe(
      `fefefefe${speak('10', '11223344556600', '01', '1f9000')}`,
    );
    expect(requestOf({ address: '00112233445566', wakeUpBytes: 0 })).toBe(
      '68106655443322110001031f90009016',
    );
  });

  test.each([
    ['water', undefined, '10'],
    ['heat', undefined, '20'],
    ['gas', undefined, '30'],
    ['water', 'hot-water', '11'],
    ['water', 'reclaimed-water', '13'],
    ['heat', 'cooling', '21'],
    ['heat', 'heat-cooling', '22'],
  ] as const)('a meter of %s of type %s is type %sH', (medium, type, code) => {
    expect(listen(requestOf(type ? { type } : {}, medium))?.type).toBe(code);
  });

  test('the identifier is sent as the meter wants it', () => {
    expect(listen(requestOf({ identifierOrder: 'high-first' }))?.data).toBe('901f00');
  });

  test('a meter without such an address, of electricity, and a vehicle are refused', () => {
    const unsupported = expect.objectContaining({ code: 'DECODE_UNSUPPORTED' });
    expect(() => cjt188.requests(aMeter())).toThrow(unsupported);
    expect(() => cjt188.requests(aMeter({ cjt188: line }))).toThrow(unsupported);
    const poll = cjt188.encode([toBytes(speak('10', address, '81', '1f9000'))]);
    expect(() => cjt188.decode(poll, aboutVehicle(), receivedAt)).toThrow(unsupported);
  });
});

describe('what is heard', () => {
  const request = toBytes(speak('10', address, '01', '1f9000'));
  const answer = speak('10', address, '81', `1f90 00 ${total}`);
  const hear = (...hex: readonly string[]) => cjt188.hear(request, toBytes(hex.join('')));

  test.each([
    ['the answer alone', answer],
    [
      'an answer with the identifier the other way round',
      speak('10', address, '81', `901f 00 ${total}`),
    ],
    ['an answer with a number of its own', speak('10', address, '81', `1f90 96 ${total}`)],
    ['an answer of a finer type', speak('19', address, '81', `1f90 00 ${total}`)],
  ])('%s', (_, frame) => {
    const ahead = ['fefefe', toHex(request), speak('10', '00112233445567', '81', `1f9000${total}`)];
    for (const noise of ['', '0068', ...ahead]) {
      expect(hear(noise, frame, '6810')).toEqual({ type: 'answer', frame: toBytes(frame) });
    }
  });

  test.each([
    ['nothing', ''],
    ['the echo alone', toHex(request)],
    ['half an answer', answer.slice(0, 40)],
    ['another meter', speak('10', '00112233445567', '81', `1f9000${total}`)],
    ['a meter of another kind', speak('20', address, '81', `1f9000${total}`)],
    ['another identifier', speak('10', address, '81', `20d100${total}`)],
    ['an answer that tells the address alone', speak('10', address, '83', '0a8100')],
  ])('%s is waited on', (_, heard) => {
    expect(hear(heard)).toEqual({ type: 'wait' });
  });

  test('an error is told with its state', () => {
    expect(hear(speak('10', address, 'c1', '00 04 02'))).toEqual({
      type: 'refused',
      detail: 'the meter refused: state 04 02',
    });
  });

  test('an answer that tells the address alone answers the question for it', () => {
    const asked = askAddress();
    expect(toHex(asked)).toBe(`fefefefe${speak('aa', 'aaaaaaaaaaaaaa', '03', '0a8100')}`);
    const told = speak('10', address, '83', '0a8100');
    expect(cjt188.hear(asked, toBytes(told))).toEqual({ type: 'answer', frame: toBytes(told) });
  });

  test('a request that is none waits for ever and does not throw', () => {
    expect(cjt188.hear(new Uint8Array(3), toBytes(answer))).toEqual({ type: 'wait' });
  });
});

describe('a played meter', () => {
  const shown: Readonly<Record<string, number>> = {
    volume_m3: 1234.56,
    heat_gj: 19.18,
    heat_power_kw: 45.67,
    flow_m3h: 1.2345,
    supply_temperature_c: 65.43,
    battery_low: 1,
  };
  const played = (over: Partial<PlayedMeter> = {}): PlayedMeter => ({
    type: 'cold-water',
    address,
    value: (metric) => shown[metric],
    ...over,
  });
  const ask = (type: string, meter: PlayedMeter) =>
    toHex(answerTo(toBytes(speak(type, address, '01', '1f9007')), meter) ?? new Uint8Array());

  test('says to an independent decoder what it shows', () => {
    expect(listen(ask('10', played()))).toEqual({
      type: '10',
      address,
      control: '81',
      data: `1f9007563412002cffffffff2c${'ff'.repeat(7)}0400`,
    });
    expect(listen(ask('20', played({ type: 'heat' })))?.data).toBe(
      `1f9007ffffffff111819000011674500001745230100355634 12002c436500ffffffffffff${'ff'.repeat(7)}0400`.replace(
        ' ',
        '',
      ),
    );
    expect(listen(ask('20', played({ type: 'heat', isUnitFirst: true })))?.data).toContain(
      '1118190000',
    );
  });

  test('is understood by the codec, with units on either side', () => {
    for (const isUnitFirst of [false, true]) {
      const frame = ask('20', played({ type: 'heat', isUnitFirst }));
      expect(decode([frame], heat)).toMatchObject({
        observations: [{ values: shown }],
        refused: [],
      });
    }
  });

  test('answers only what is asked of it', () => {
    expect(
      answerTo(toBytes(speak('10', '00112233445567', '01', '1f9000')), played()),
    ).toBeUndefined();
    expect(answerTo(toBytes(speak('10', address, '04', '1f9000')), played())).toBeUndefined();
    const told = answerTo(toBytes(speak('aa', 'aaaaaaaaaaaaaa', '03', '0a8100')), played());
    expect(listen(toHex(told ?? new Uint8Array()))).toMatchObject({
      control: '83',
      address,
      data: '0a8100',
    });
  });
});
