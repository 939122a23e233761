import { expect, test } from 'vitest';
import { hourMs } from '../../model/time.ts';
import { consumptionAnomaly } from '../../rules/kinds/energy/consumption-anomaly.ts';
import { clockOf, counterOfRate, dayAt, monday, story } from './meter-story.ts';
import { aMeter, aWorld } from './world.ts';

/* Air conditioning, which goes by the weather: 2 kW on standby, and from nine to five of working days what the story says. Read hourly. */

async function judge(kwOn: (day: number, hour: number) => number, days: number) {
  const air = aMeter('m1', { everyS: 3600, subItem: 'B' });
  const it = aWorld({ meters: [air] }, [consumptionAnomaly]);
  const counter = counterOfRate((at) => {
    const { hour, isWeekend } = clockOf(at);
    const day = Math.floor((at - monday) / (24 * hourMs));
    return isWeekend || hour < 9 || hour >= 17 ? 2 : Math.max(2, kwOn(day, hour));
  });
  const kwh = (at: number) => ({ energy_import_kwh: counter(at) });
  await it.give(story(monday, dayAt(days), kwh, hourMs));
  return it.book.standing();
}

test('that it starts with the season, or rests on a mild day, is nothing', async () => {
  expect(await judge((day) => (day >= 28 && day < 68 ? 30 : 0), 72)).toEqual([]);
});

test('the first hot day is nothing after a few warm afternoons', async () => {
  const isWarm = (day: number) => day >= 22 && day % 7 >= 2;
  const warming = (day: number, hour: number) => (isWarm(day) && hour >= 13 ? 18 : 0);
  expect(await judge((day, hour) => (day === 35 ? 45 : warming(day, hour)), 36)).toEqual([]);
});

test('the first cold day is nothing after a single hour of little more than standby', async () => {
  const once = (day: number, hour: number) => (day === 25 && hour === 9 ? 6 : 0);
  expect(await judge((day, hour) => (day === 35 ? 26 : once(day, hour)), 36)).toEqual([]);
});

test('three times as much as ever is told once it has been on for weeks', async () => {
  const isWrong = (day: number, hour: number) => day === 35 && hour >= 11 && hour < 14;
  const alerts = await judge((day, hour) => (isWrong(day, hour) ? 100 : day < 14 ? 0 : 30), 36);
  expect(alerts).toHaveLength(1);
  // With the hour after it, which bears it out.
  expect(alerts[0]?.openedAt).toBe(dayAt(35, 13));
});
