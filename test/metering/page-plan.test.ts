import { expect, test } from 'vitest';
import { piecesIn, planOf, yearBefore } from '../../metering/page-plan.ts';
import { hourMs } from '../../model/time.ts';

const zone = 'Asia/Shanghai';
const at = (text: string) => Date.parse(`${text}+08:00`);
const lengthOf = (pieces: readonly { from: number; to: number }[]) =>
  pieces.reduce((sum, { from, to }) => sum + to - from, 0) / hourMs;

test('the same instant a year before, and of a leap day the end of the last February', () => {
  expect(yearBefore(at('2026-11-18T14:00:00'), zone)).toBe(at('2025-11-18T14:00:00'));
  expect(yearBefore(at('2025-02-28T10:00:00'), zone)).toBe(at('2024-02-28T10:00:00'));
  expect(yearBefore(at('2024-02-29T10:00:00'), zone)).toBe(at('2023-02-28T10:00:00'));
});

test.each([
  ['2026-11-18T14:20:00', 2026],
  ['2026-01-01T00:30:00', 2026],
  ['2026-03-01T00:00:00', 2026],
  ['2024-02-29T23:59:00', 2024],
  ['2026-11-18T14:20:00', 2025],
])(
  'at %s the pieces of %i are put together without a gap and without being told twice',
  (now, year) => {
    const plan = planOf(year, zone, at(now));
    const stretches = [plan.year, plan.month, plan.today].filter((each) => each !== undefined);
    for (const { own, before } of stretches)
      for (const stretch of [own, before]) {
        const pieces = piecesIn(stretch, plan.months, plan.days).toSorted(
          (a, b) => a.from - b.from,
        );
        expect(lengthOf(pieces)).toBe((stretch.to - stretch.from) / hourMs);
        for (const [n, piece] of pieces.slice(1).entries()) expect(piece.from).toBe(pieces[n]?.to);
      }
    expect(lengthOf(piecesIn(plan.wholeBefore, plan.months, plan.days))).toBe(
      (plan.wholeBefore.to - plan.wholeBefore.from) / hourMs,
    );
  },
);

test('of a year that is over, or has not begun, there is no month and no day', () => {
  const now = at('2026-11-18T14:20:00');
  expect(planOf(2025, zone, now)).not.toHaveProperty('today');
  const ahead = planOf(2027, zone, now);
  expect(ahead).not.toHaveProperty('month');
  expect(ahead.year.own.to).toBe(ahead.year.own.from);
});
