import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hourMs, parseInstant } from '../../model/time.ts';
import { parseAt } from '../../protocols/mqtt-json/at.ts';
import { aboutMeter } from './about.ts';
import { decodeJson as decode, receivedAt } from './decode-json.ts';

describe('time', () => {
  const timeOf = (at: unknown, over = {}) =>
    decode({ at, values: { power_kw: 1 } }, aboutMeter(over));

  test.each([
    ['2026-11-22T08:00:00+08:00', Date.UTC(2026, 10, 22)],
    ['2026-11-22T00:00:00Z', Date.UTC(2026, 10, 22)],
    ['2026-11-22T00:00:00.250Z', Date.UTC(2026, 10, 22) + 250],
    ['2026-11-22T08:00+0800', Date.UTC(2026, 10, 22)],
    ['2026-11-22 08:00:00.5+08:00', Date.UTC(2026, 10, 22) + 500],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
    [1_795_228_800, 1_795_228_800_000],
    [1_795_228_800.5, 1_795_228_800_500],
    [1_795_228_800_123, 1_795_228_800_123],
    ['1795228800', 1_795_228_800_000],
    ['1795228800123', 1_795_228_800_123],
  ])('%s', (at, expected) => {
    expect(timeOf(at).observations).toMatchObject([{ at: expected, timeSource: 'device' }]);
  });

  test.each([[undefined], [null], ['']])('at %j is the time of receipt, marked so', (at) => {
    expect(timeOf(at).observations).toMatchObject([{ at: receivedAt, timeSource: 'receipt' }]);
  });

  test.each(['2026-11-22T08:00:00', '2026-11-22 08:00', '20261122080000', '20261122080000123'])(
    'local time %s is read in the zone of the meter, or refused without',
    (at) => {
      const inZone = timeOf(at, { timeZone: 'Asia/Shanghai' }).observations[0]?.at ?? 0;
      expect(Math.floor(inZone / 1000)).toBe(Date.UTC(2026, 10, 22) / 1000);
      expect(timeOf(at)).toMatchObject({ observations: [], refused: [{ reason: 'malformed' }] });
    },
  );

  test.each([
    ['2026-03-29T01:30:00', 0.5],
    ['2026-03-29T03:30:00', 1.5],
    ['2026-10-25T01:30:00', -0.5],
    ['2026-10-25T03:30:00', 2.5],
  ])('local time %s is read by the clocks of that very hour', (at, hours) => {
    // In Berlin they change at 01:00 UTC of either day.
    const midnight = Date.parse(`${at.slice(0, 10)}T00:00:00Z`);
    const inBerlin = timeOf(at, { timeZone: 'Europe/Berlin' }).observations;
    expect(inBerlin).toMatchObject([{ at: midnight + hours * hourMs }]);
  });

  test.each([
    'soon',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-11-22T24:00:01Z',
    '2026-11-22T08:00:00+99:00',
    '2026-11-22',
    -5,
    '-5',
    1e300,
    true,
    {},
    [],
    '1e400',
  ])('at %j is refused', (at) => {
    expect(timeOf(at, { timeZone: 'Asia/Shanghai' })).toMatchObject({
      observations: [],
      refused: [{ part: 0, reason: 'malformed' }],
    });
  });

  test('the short way of reading ISO 8601 agrees with the long one', () => {
    const part = (max: number, width: number) =>
      fc.nat(max).map((value) => String(value).padStart(width, '0'));
    const iso = fc
      .tuple(
        fc.integer({ min: 1970, max: 9999 }),
        part(13, 2),
        part(32, 2),
        fc.constantFrom('T', ' ', '-'),
        part(24, 2),
        part(60, 2),
        part(60, 2),
        fc.constantFrom('', '.123', '.5', '.'),
        fc.constantFrom('Z', '+08:00', '-03:30', '+0800', '', '+24:00', 'z'),
      )
      .map(([y, mo, d, t, h, mi, s, f, z]) => `${y}-${mo}-${d}${t}${h}:${mi}:${s}${f}${z}`);
    fc.assert(
      fc.property(iso, (text) => {
        const at = parseAt(text, undefined);
        const wanted = parseInstant(text);
        if (wanted === undefined || wanted < 0) expect(typeof at).toBe('object');
        else expect(at).toBe(wanted);
      }),
      { numRuns: 2_000 },
    );
  });
});
