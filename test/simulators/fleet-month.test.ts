import { expect, test } from 'vitest';
import { dateOf, isWorked, trueDayOf } from '../../simulators/fleet-month/calendar.ts';
import { createFleetMonth } from '../../simulators/fleet-month/month.ts';
import { calendarCaused, judgedKinds } from '../bench/fleet.ts';
import { runMonth } from '../bench/fleet-run.ts';
import { scoreMonth } from '../bench/fleet-score.ts';
import { precisionOf, recallOf } from '../bench/score.ts';

/** From 28 September to 2 October: three working days, and the first two of a holiday. */
const days = { from: 14, to: 19 };
const small = (seed: number) => createFleetMonth({ seed, vehicles: 10, faultShare: 0.5, ...days });

test('the same seed is the same month, another is another', () => {
  const tell = (seed: number) => JSON.stringify([small(seed).next(), small(seed).city]);
  expect(tell(7)).toBe(tell(7));
  expect(tell(8)).not.toBe(tell(7));
});

test('its days are those of the published calendar', () => {
  const at = (date: string) => Date.parse(`${date}T12:00:00+08:00`);
  expect(trueDayOf(at('2026-10-10'))).toBe('transfer-workday');
  expect(trueDayOf(at('2026-10-05'))).toBe('statutory-holiday');
  expect(isWorked(at('2026-10-11'))).toBe(false);
  expect(dateOf(Date.parse('2026-09-30T16:00:00Z'))).toBe('2026-10-01');
});

test('what comes late says so, nothing comes before it happened, and every kind has its episodes', () => {
  const month = createFleetMonth({ seed: 3, vehicles: 40, faultShare: 0.3 });
  const deliveries = [];
  for (let day = month.next(); day; day = month.next()) deliveries.push(...day.deliveries);
  const late = deliveries.filter(({ fix, receivedAt }) => receivedAt - fix.at > 120_000);
  expect(late.length).toBeGreaterThan(1000);
  expect(late.filter(({ fix }) => fix.resent !== true)).toEqual([]);
  expect(deliveries.filter(({ fix, receivedAt }) => receivedAt < fix.at)).toEqual([]);
  const had = new Set(month.labels().map(({ kind }) => kind));
  expect(judgedKinds.filter((kind) => !had.has(kind))).toEqual([]);
});

test('nobody drives on with an empty tank', async () => {
  const month = createFleetMonth({ seed: 4, vehicles: 12, faultShare: 0.6, from: 0, to: 12 });
  const low: number[] = [];
  for (let day = month.next(); day; day = month.next())
    for (const { fix } of day.deliveries)
      if (fix.acc && (fix.fuelL ?? fix.socPct ?? 50) < 1) low.push(fix.at);
  expect(low).toEqual([]);
});

test('rounds have one direction and stops, ways have limits, and what breaks them is labelled', () => {
  const month = createFleetMonth({ seed: 2, vehicles: 24, faultShare: 0.5, to: 9 });
  while (month.next());
  const { routes, places } = month.city;
  const rounds = routes.filter(({ oneWay }) => oneWay);
  expect(rounds.length).toBe(2);
  const ids = new Set(places.map(({ id }) => id));
  expect(rounds.flatMap(({ mustVisit = [] }) => mustVisit).filter((id) => !ids.has(id))).toEqual(
    [],
  );
  const told = (kind: string) => month.labels().filter((label) => label.kind === kind);
  expect(told('vehicle.wrong-way').length).toBeGreaterThan(0);
  expect(told('vehicle.missed-stop').length).toBeGreaterThan(0);
  const limits = new Set(told('vehicle.overspeed').map(({ what }) => what));
  expect(limits.has('above 60 km/h') && limits.size > 2).toBe(true);
});

test('ten vehicles in five days: most is found, little else is said, and the calendar misleads nobody', async () => {
  const month = small(1);
  const run = await runMonth(month);
  const { kinds, wrong } = scoreMonth(run.alerts, month.labels(), month.city, judgedKinds);
  const sum = (pick: (kind: (typeof kinds)[number]) => number) =>
    kinds.reduce((total, kind) => total + pick(kind), 0);
  const all = {
    kind: 'all',
    episodes: sum(({ episodes }) => episodes),
    found: sum(({ found }) => found),
    alerts: sum(({ alerts }) => alerts),
    false: sum((kind) => kind.false),
    open: sum(({ open }) => open),
    delaysMs: [],
  };
  expect(all.episodes).toBeGreaterThan(20);
  expect(recallOf(all)).toBeGreaterThanOrEqual(0.9);
  expect(precisionOf(all)).toBeGreaterThanOrEqual(0.9);
  expect(calendarCaused(run.alerts, wrong)).toBe(0);
}, 120_000);
