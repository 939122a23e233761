import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../model/time.ts';
import {
  at,
  decodeText,
  fixesOf,
  fixesOfAll,
  gga,
  lines,
  received,
  rmc,
  whole,
} from './nmea-lines.ts';

describe('an instant split over messages', () => {
  const second = (index: number): string => `08000${index}.00`;
  const instants = [0, 1, 2, 3, 4].map((index) => whole(second(index)));

  test('sentence by sentence: each instant is told once, from the second on with all that was said', () => {
    const messages = instants.flatMap((text) => text.split(/(?<=\n)/));
    const fixes = fixesOfAll(messages);
    expect(fixes.map((fix) => fix.at)).toEqual([0, 1, 2, 3, 4].map((index) => at(8, 0, index)));
    for (const fix of fixes.slice(1))
      expect(fix).toMatchObject({ speedKmh: 22 * 1.852, satellites: 11 });
  });

  test('a stream cut at any byte, sentences included, makes the same fixes', () => {
    const text = instants.join('');
    const expected = fixesOf(text);
    expect(expected).toHaveLength(5);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { minLength: 1, maxLength: 6 }), (cuts) => {
        const places = [
          0,
          ...cuts.filter((cut) => cut > 90).toSorted((a, b) => a - b),
          text.length,
        ];
        const messages = places
          .slice(1)
          .map((end, index) => text.slice(places[index], end))
          .filter((part) => part !== '');
        const fixes = fixesOfAll(messages);
        expect(fixes.map((fix) => fix.at)).toEqual(expected.map((fix) => fix.at));
      }),
    );
  });

  test('a device that sends whole instants never waits for the next', () => {
    let memory: object | undefined;
    for (const [index, text] of instants.entries()) {
      const decoded = decodeText(text, received + index * 1000, memory);
      expect(decoded.observations).toHaveLength(1);
      memory = decoded.memory;
    }
  });

  test('one that waits for a sentence that does not come any more is told when the next begins', () => {
    const [first = '', next = ''] = [lines(rmc('080000.00')), lines(gga('080000.00'))];
    const fixes = fixesOfAll([
      first,
      next,
      lines(rmc('080001.00')),
      lines(gga('080001.00')),
      lines(rmc('080002.00')),
      lines(rmc('080003.00')),
      lines(rmc('080004.00')),
    ]);
    expect(fixes.map((fix) => [fix.at, fix.satellites])).toEqual([
      [at(8, 0, 0), undefined],
      [at(8, 0, 1), 11],
      [at(8, 0, 2), undefined],
      [at(8, 0, 3), undefined],
      [at(8, 0, 4), undefined],
    ]);
  });

  test('the same time of day on another day is another instant', () => {
    const first = decodeText(lines(gga('080000.00')));
    const again = decodeText(lines(gga('080000.00')), received + dayMs, first.memory);
    expect(again.observations).toMatchObject([{ at: at(8, 0, 0) + dayMs }]);
  });

  test('the same message again says nothing new', () => {
    const first = decodeText(whole('080000.00'));
    expect(decodeText(whole('080000.00'), received + 500, first.memory).observations).toEqual([]);
  });

  test('what is remembered is plain and bounded', () => {
    let memory: object | undefined;
    for (let index = 0; index < 200; index++)
      memory = decodeText(
        `${whole('080000.00')}$GNRMC${'x'.repeat(200)}`,
        received + index,
        memory,
      ).memory;
    expect(JSON.stringify(memory).length).toBeLessThan(3000);
  });
});
