import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AlertReport } from '../../alerts/alerts.ts';
import type { Judged } from '../../model/alert.ts';
import type { Observation } from '../../model/observation.ts';
import { hourMs } from '../../model/time.ts';
import { consumptionAnomaly } from '../../rules/kinds/energy/consumption-anomaly.ts';
import { offRoute } from '../../rules/kinds/vehicle/off-route.ts';
import { aFix, aMeter, aSample, aVehicle, aWorld, institution, type World } from './world.ts';

/*
 * Material with labels of others, run through the engine as users run it: readings are counters, the plan is a route of a dispatch.
 * The floors stand well below what is reached, so that they fail when a rule breaks, not when it moves.
 */

const data = join(import.meta.dirname, '../../../shared/data');
const isThere = existsSync(data);
if (!isThere) console.log('SKIPPED 2: the labelled data to develop on is not here');

/** Notes findings instead of keeping alerts. */
const noting = (into: Judged[]) => (): AlertReport => ({
  report: (judged) => {
    into.push(...judged);
    return [];
  },
  rejudge: () => [],
  opinions: () => [],
  episodes: () => [],
});

async function feed(world: World, observations: readonly Observation[]): Promise<void> {
  for (let from = 0; from < observations.length; from += 500)
    await world.give(observations.slice(from, from + 500));
}

interface Scenario {
  readonly plan: readonly (readonly [number, number])[];
  readonly points: readonly (readonly [number, number, number])[];
  readonly off: readonly { readonly t_dep: number; readonly t_ret: number }[];
}

const clock = Date.UTC(2026, 10, 2);

async function driveScenario({ plan, points }: Scenario): Promise<readonly number[]> {
  const found: Judged[] = [];
  const line = plan.map(([lat, lon]) => [lon, lat] as const);
  const route = { id: 'r1', institution: 'hq', name: '计划', widthM: 150, line };
  const order = { id: 'd1', vehicle: 'v1', route: 'r1', from: clock, to: clock + 24 * hourMs };
  const things = { vehicles: [aVehicle('v1')], routes: [route], dispatches: [order] };
  const world = aWorld(things, [offRoute], noting(found));
  await feed(
    world,
    points.map(([second, lat, lon]) => aFix('v1', clock + second * 1000, lat, lon)),
  );
  return found.filter(({ change }) => change === 'open').map(({ at }) => (at - clock) / 1000);
}

test.runIf(isThere)(
  'off-route scenarios: departures are found soon, and nothing else',
  { timeout: 60_000 },
  async () => {
    const text = readFileSync(join(data, 'gps/dev/offroute.jsonl'), 'utf8');
    const scenarios = text
      .trim()
      .split('\n')
      .map((row): Scenario => JSON.parse(row));
    let wanted = 0;
    let wrong = 0;
    const delays: number[] = [];
    for (const scenario of scenarios) {
      const alarms = await driveScenario(scenario);
      const isWithin = (alarm: number) =>
        scenario.off.some(({ t_dep, t_ret }) => alarm >= t_dep && alarm <= t_ret + 30);
      wrong += alarms.filter((alarm) => !isWithin(alarm)).length;
      for (const { t_dep, t_ret } of scenario.off) {
        wanted += 1;
        const first = alarms.find((alarm) => alarm >= t_dep && alarm <= t_ret + 30);
        if (first !== undefined) delays.push(first - t_dep);
      }
    }
    const median = delays.toSorted((a, b) => a - b)[delays.length >> 1];
    console.log(
      `off-route: ${delays.length} of ${wanted} found, ${wrong} wrong, median delay ${median} s`,
    );
    expect(delays.length / wanted).toBeGreaterThanOrEqual(0.95);
    expect(wrong).toBe(0);
    expect(median).toBeLessThanOrEqual(60);
  },
);

interface Labelled {
  readonly at: number;
  readonly value: number | null;
  readonly wrong: boolean;
}

function readMeter(file: string): readonly Labelled[] {
  const rows = readFileSync(join(data, 'energy/lead20/dev', file), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  return rows.map((row) => {
    const [time = '', value = '', label] = row.split(',');
    return {
      at: Date.parse(`${time.replace(' ', 'T')}Z`),
      value: value === '' ? null : Number(value),
      wrong: label === '1',
    };
  });
}

/** Hours that the alerts hold to be wrong. Where hours are not to be seen, no reading tells them apart from those beside them. */
async function judgeMeter(hours: readonly Labelled[]): Promise<ReadonlySet<number>> {
  const home = { ...institution, timeZone: 'UTC' };
  const world = aWorld({ institutions: [home], meters: [aMeter('m1', { everyS: 3600 })] }, [
    consumptionAnomaly,
  ]);
  let counter = 1000;
  const readings = [aSample('m1', hours[0]?.at ?? 0, counter)];
  for (const { at, value } of hours) {
    if (value === null) continue;
    counter += value;
    readings.push(aSample('m1', at + hourMs, counter));
  }
  await feed(world, readings);
  return new Set(world.book.standing().flatMap(({ last }) => last.evidence.flagged));
}

type Run = [first: number, last: number];

function runs(flags: readonly boolean[], gap: number): readonly Run[] {
  const found: Run[] = [];
  flags.forEach((flag, index) => {
    const last = found.at(-1);
    if (flag && last && index - last[1] <= gap + 1) last[1] = index;
    else if (flag) found.push([index, index]);
  });
  return found;
}

/** Events by labels merge over 3 hours, alarms over 6; an alarm is right when a quarter of it lies within 2 hours of an event. */
function compare(hours: readonly Labelled[], alarms: ReadonlySet<number>) {
  const isScored = ({ at, value }: Labelled) => at >= Date.UTC(2016, 2, 1) && value !== null;
  const events = runs(
    hours.map((hour) => hour.wrong && isScored(hour)),
    3,
  );
  const raised = runs(
    hours.map((hour) => alarms.has(hour.at) && isScored(hour)),
    6,
  );
  const isNear = (index: number) =>
    events.some(([first, last]) => index >= first - 2 && index <= last + 2);
  const right = raised.filter(([first, last]) => {
    const inside = Array.from({ length: last - first + 1 }, (_, step) => isNear(first + step));
    return inside.filter(Boolean).length >= 0.25 * inside.length;
  });
  const detected = events.filter(([first, last]) =>
    right.some(([from, to]) => from <= last + 2 && to >= first - 2),
  );
  return {
    events: events.length,
    detected: detected.length,
    raised: raised.length,
    right: right.length,
    hours: hours.filter(isScored).length,
  };
}

const names = ['events', 'detected', 'raised', 'right', 'hours'] as const;

/** The building that has nearly half of the events. */
const wild = 'meter_950.csv';

async function scoreBuildings(change: (hour: Labelled) => Labelled) {
  const none = { events: 0, detected: 0, raised: 0, right: 0, hours: 0 };
  const sums = { all: { ...none }, others: { ...none } };
  for (const file of readdirSync(join(data, 'energy/lead20/dev'))) {
    const hours = readMeter(file).map(change);
    const counted = compare(hours, await judgeMeter(hours));
    for (const name of names) {
      sums.all[name] += counted[name];
      if (file !== wild) sums.others[name] += counted[name];
    }
  }
  return { all: rate(sums.all), others: rate(sums.others) };
}

function rate(sums: ReturnType<typeof compare>) {
  const precision = sums.right / sums.raised;
  const recall = sums.detected / sums.events;
  return {
    f1: (2 * precision * recall) / (precision + recall),
    perMonth: (sums.raised - sums.right) / (sums.hours / 730.5),
  };
}

const asItIs = (hour: Labelled) => hour;
/** Readings of exactly 1 come of how the labels were made. */
const withoutOnes = (hour: Labelled) => (hour.value === 1 ? { ...hour, value: null } : hour);

test.runIf(isThere).each([
  ['as they are', asItIs, [0.5, 1], [0.42, 0.8]],
  ['without readings of exactly 1', withoutOnes, [0.46, 1.1], [0.34, 0.9]],
] as const)(
  'buildings with labels, %s',
  {
    timeout: 180_000,
  },
  async (name, change, all, others) => {
    const reached = await scoreBuildings(change);
    for (const [part, [least, most]] of [
      ['all', all],
      ['others', others],
    ] as const) {
      const { f1, perMonth } = reached[part];
      const rates = `F1 ${f1.toFixed(3)}, ${perMonth.toFixed(2)} false alarms per meter-month`;
      console.log(`energy, ${name}, ${part}: ${rates}`);
      expect(f1).toBeGreaterThan(least);
      expect(perMonth).toBeLessThan(most);
    }
  },
);
