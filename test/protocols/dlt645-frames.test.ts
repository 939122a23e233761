import { describe, expect, test } from 'vitest';
import type { Sample } from '../../model/observation.ts';
import { answerTo } from '../../protocols/dlt645/compose.ts';
import { dlt645 } from '../../protocols/dlt645/index.ts';
import { aboutMeter, aMeter } from './about.ts';
import { address, decode, line, receivedAt } from './dlt645-line.ts';
import { listen, speak, toBytes, toHex } from './second-dlt645.ts';
import { cutsOf, flipsOf } from './spoilt.ts';

describe('an answer in several frames', () => {
  const played = {
    address,
    value: (item: string) =>
      item.startsWith('0001') && item.endsWith('00')
        ? { value: Number.parseInt(item.slice(4, 6), 16) + 0.25 }
        : undefined,
  };

  /** Asks like a gateway: one request, then for what follows, until all is there. */
  function poll(item: string, frameBytes: number): readonly Uint8Array[] {
    const frames: Uint8Array[] = [];
    let [request] = dlt645.requests(aMeter({ dlt645: { ...line, items: [item] } }));
    while (request) {
      const heard = dlt645.hear(request, answerTo(request, played, frameBytes) ?? new Uint8Array());
      if (heard.type !== 'answer') throw new Error(`got ${heard.type}`);
      frames.push(heard.frame);
      request = heard.next;
    }
    return frames;
  }

  test('is asked for to its end and put together', () => {
    const frames = poll('0001FF00', 30);
    expect(frames.map((frame) => listen(toHex(frame))?.control)).toEqual([
      'b1',
      'b2',
      'b2',
      'b2',
      'b2',
      'b2',
      'b2',
      'b2',
      '92',
    ]);
    const { observations, refused } = dlt645.decode(
      dlt645.encode(frames),
      aboutMeter({ dlt645: line }),
      receivedAt,
    );
    expect(refused).toEqual([]);
    expect(observations).toMatchObject([
      {
        values: { energy_import_kwh: 0.25, energy_import_t1_kwh: 1.25, energy_import_t4_kwh: 4.25 },
      },
    ]);
  });

  test('the request for more names what follows which frame', () => {
    const first = speak(address, 'b1', '00ff0100 10000000');
    const heard = dlt645.hear(toBytes(speak(address, '11', '00ff0100')), toBytes(first));
    expect(heard).toMatchObject({
      type: 'answer',
      next: toBytes(speak(address, '12', '00ff0100 01')),
    });
    const second = speak(address, 'b2', '00ff0100 20000000 01');
    const asked = toBytes(speak(address, '12', '00ff0100 01'));
    expect(dlt645.hear(asked, toBytes(second))).toMatchObject({
      next: toBytes(speak(address, '12', '00ff0100 02')),
    });
    expect(dlt645.hear(asked, toBytes(speak(address, '92', '00ff0100 20000000 02')))).toEqual({
      type: 'wait',
    });
    expect(dlt645.hear(asked, toBytes(first))).toEqual({ type: 'wait' });
    expect(dlt645.hear(asked, toBytes(speak(address, 'd2', '02')))).toMatchObject({
      type: 'refused',
    });
  });

  test('without its rest, what came whole is kept', () => {
    const [first] = poll('0001FF00', 30);
    const { observations } = decode([toHex(first ?? new Uint8Array())]);
    expect(observations).toMatchObject([{ values: { energy_import_t4_kwh: 4.25 } }]);
  });

  test('a frame missing between moves no value into the place of another', () => {
    const frames = poll('0001FF00', 10).filter((_, i) => i !== 1);
    const { observations, refused } = decode(frames.map(toHex));
    expect(observations).toMatchObject([
      { values: { energy_import_kwh: 0.25, energy_import_t1_kwh: 1.25 } },
    ]);
    expect(Object.keys((observations[0] as Sample).values)).toHaveLength(2);
    expect(refused.length).toBeGreaterThan(0);
  });
});

describe('a played meter', () => {
  const played = {
    address,
    value: (item: string) =>
      ({
        '00010000': { value: 317.76 },
        '02010100': { value: 230.5 },
        '02010300': { value: 229.9 },
        '02030000': { value: -1.5 },
        '01010000': { value: 12.3456, when: '2611210915' },
      })[item],
  };
  const ask = (item: string) =>
    toHex(answerTo(toBytes(speak(address, '11', item)), played) ?? new Uint8Array());

  test('says to an independent decoder what it shows', () => {
    expect(listen(ask('00000100'))).toEqual({
      address,
      control: '91',
      reversed: '0003177600010000',
    });
    expect(listen(ask('00ff0102'))?.reversed).toBe('2299ffff23050201ff00');
    expect(listen(ask('00000302'))?.reversed).toBe('81500002030000');
    expect(listen(ask('00000101'))?.reversed).toBe('261121091512345601010000');
    expect(listen(ask('00000200'))).toMatchObject({ control: 'd1', reversed: '02' });
  });

  test('answers only what is asked of it', () => {
    expect(answerTo(toBytes(speak('000000000161', '11', '00000100')), played)).toBeUndefined();
    expect(answerTo(toBytes(speak(address, '14', '00000100')), played)).toBeUndefined();
    expect(answerTo(new Uint8Array(), played)).toBeUndefined();
    const told = answerTo(toBytes(speak('aaaaaaaaaaaa', '13', '')), played);
    expect(listen(toHex(told ?? new Uint8Array()))).toMatchObject({
      control: '93',
      reversed: address,
    });
  });
});

describe('a spoilt frame is refused or still right', () => {
  const frames = [
    '0000010076170300',
    '00ff0100 10000000 01000000 02000000 03000000 04000000',
    '00ff0302 563412 001081 000000 ffffff',
    '00000101 563412 1509211126',
  ].map((data) => `fefe${speak(address, '91', data)}`);

  test.each(frames)('%s', (hex) => {
    const bytes = toBytes(hex);
    const about = aboutMeter({ dlt645: line });
    const right = dlt645.decode(dlt645.encode([bytes]), about, receivedAt).observations;
    expect(right).toHaveLength(1);
    const item = toBytes(speak(address, '11', toHex(bytes.slice(12, 16).map((one) => one - 0x33))));
    for (const spoilt of [...cutsOf(bytes), ...flipsOf(bytes)]) {
      const { observations } = dlt645.decode(dlt645.encode([spoilt]), about, receivedAt);
      if (observations.length > 0) expect(observations).toEqual(right);
      const heard = dlt645.hear(item, spoilt);
      expect(heard.type).not.toBe('refused');
      if (heard.type === 'answer') expect(heard.frame).toEqual(bytes.slice(2));
    }
  });
});
