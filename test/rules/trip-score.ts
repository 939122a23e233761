import type { AlertReport } from '../../alerts/alerts.ts';
import type { Judged } from '../../model/alert.ts';
import type { Route } from '../../model/entities.ts';
import { dayMs } from '../../model/time.ts';
import { offRoute } from '../../rules/kinds/vehicle/off-route.ts';
import type { Scenario } from '../fixtures/trips/scenarios.ts';
import { aFix, aVehicle, aWorld } from './world.ts';

/*
 * Labelled trips, through the engine as users run it: the plan is a route of a dispatch. Scored as published comparisons score: an alarm from leaving the route
 * to 30 s after coming back is right, one for each time; a stretch that stays nearer than 200 m and beyond two thirds of the width is neither right
 * nor wrong.
 */

const clock = Date.UTC(2026, 10, 2);
const graceS = 30;
const surelyOffM = 200;

/** Notes findings instead of keeping alerts. */
const noting = (into: Judged[]) => (): AlertReport => ({
  report: (judged) => {
    into.push(...judged);
    return [];
  },
  opinions: () => [],
  episodes: () => [],
  rejudge: (_rule, _subject, from, judged) => {
    const kept = into.filter(({ openedAt }) => openedAt < from);
    into.splice(0, into.length, ...kept, ...judged);
    return [];
  },
});

export interface Driven {
  readonly scenario: Scenario;
  /** Seconds at which it was told that the vehicle is off its route. */
  readonly alarms: readonly number[];
}

/** @param route what the route has besides its line, such as a width */
export async function driveScenario(
  scenario: Scenario,
  route: Partial<Route> = {},
): Promise<Driven> {
  const found: Judged[] = [];
  const order = { id: 'd1', vehicle: 'v1', route: 'r1', from: clock, to: clock + dayMs };
  const plan: Route = {
    id: 'r1',
    institution: 'hq',
    name: '计划',
    widthM: 150,
    line: scenario.plan,
    ...route,
  };
  const things = { vehicles: [aVehicle('v1')], routes: [plan], dispatches: [order] };
  const world = aWorld(things, [offRoute], noting(found));
  const fixes = scenario.points.map(([second, lon, lat]) =>
    aFix('v1', clock + second * 1000, lat, lon),
  );
  for (let from = 0; from < fixes.length; from += 500)
    await world.give(fixes.slice(from, from + 500));
  const alarms = found
    .filter(({ change }) => change === 'open')
    .map(({ at }) => (at - clock) / 1000);
  return { scenario, alarms };
}

export interface Score {
  readonly wanted: number;
  readonly recall: number;
  readonly f1: number;
  readonly falsePer8h: number;
  readonly medianS: number;
  readonly slowestTenthS: number;
}

const share = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;

export function scoreOf(driven: readonly Driven[], widthM: number): Score {
  const delays: number[] = [];
  let wanted = 0;
  let wrong = 0;
  let hours = 0;
  for (const { scenario, alarms } of driven) {
    hours += (scenario.points.at(-1)?.[0] ?? 0) / 3600;
    const counted = scenario.off.filter(({ peakM }) => peakM >= Math.min(100, (widthM * 2) / 3));
    for (const { fromS, toS, peakM } of counted) {
      if (peakM < Math.max(surelyOffM, widthM + 50)) continue;
      wanted += 1;
      const first = alarms.find((alarm) => alarm >= fromS && alarm <= toS + graceS);
      if (first !== undefined) delays.push(first - fromS);
    }
    const isRight = (alarm: number) =>
      counted.some(({ fromS, toS }) => alarm >= fromS && alarm <= toS + graceS);
    wrong += alarms.filter((alarm) => !isRight(alarm)).length;
  }
  delays.sort((a, b) => a - b);
  const recall = delays.length / wanted;
  const precision = delays.length / (delays.length + wrong);
  return {
    wanted,
    recall,
    f1: (2 * recall * precision) / (recall + precision),
    falsePer8h: (8 * wrong) / hours,
    medianS: share(delays, 0.5),
    slowestTenthS: share(delays, 0.9),
  };
}

export const written = (name: string, { wanted, recall, f1, ...rest }: Score): string =>
  `${name}: ${wanted} departures, recall ${recall.toFixed(3)}, F1 ${f1.toFixed(3)}, ${rest.falsePer8h.toFixed(2)} false per 8 h, median ${rest.medianS} s, 90th percentile ${rest.slowestTenthS} s`;
