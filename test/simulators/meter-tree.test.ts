import { expect, test } from 'vitest';
import { consumptionIn } from '../../energy/consumption/consumption.ts';
import { limitsOf } from '../../energy/counter.ts';
import { balanceOf } from '../../energy/tree.ts';
import type { Meter } from '../../model/entities.ts';
import { counterOf } from '../../model/metrics.ts';
import { dayMs } from '../../model/time.ts';
import { counterDrop } from '../../rules/kinds/meter/counter-drop.ts';
import { aTown, judge, meterStory, monday, surroundingsOf, thingsOf } from './town.ts';

/** Nothing is wrong in this town: neither may a meter seem replaced nor a tree not add up. */

const town = aTown();
const meters = thingsOf(town.city, monday).meters.filter(
  ({ medium }) => counterOf[medium] !== null,
);

test('no meter seems to have been replaced', () => {
  const around = surroundingsOf(town.city, monday);
  const found = meters.flatMap((meter) =>
    judge(counterDrop, { meter }, meterStory(town, meter.id, monday, 2), around),
  );
  expect(found.map(({ summary }) => summary.en)).toEqual([]);
}, 60_000);

function usedOn(meter: Meter) {
  const metric = counterOf[meter.medium] ?? 'volume_m3';
  const readings = [...meterStory(town, meter.id, monday, 1.1)].flatMap((observation) => {
    const value = observation.type === 'sample' ? observation.values[metric] : undefined;
    return value === undefined ? [] : [{ at: observation.at, value }];
  });
  const day = { from: monday, to: monday + dayMs };
  const [use] = consumptionIn(readings, 'day', [day], { limits: limitsOf(meter) });
  if (!use) throw new Error('a day without consumption');
  return use;
}

test('meters count at least what those below them do', () => {
  const tops = meters.filter(({ id }) => meters.some(({ parent }) => parent === id));
  expect(tops.length).toBeGreaterThan(2);
  for (const top of tops) {
    const below = meters.filter(({ parent }) => parent === top.id);
    expect(below.every(({ medium }) => medium === top.medium)).toBe(true);
    const { difference, isNegative } = balanceOf(usedOn(top), below.map(usedOn));
    expect([top.id, difference.value !== null, isNegative]).toEqual([top.id, true, false]);
  }
}, 60_000);
