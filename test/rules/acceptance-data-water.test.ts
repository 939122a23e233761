import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AlertReport } from '../../alerts/alerts.ts';
import type { Judged } from '../../model/alert.ts';
import type { Observation } from '../../model/observation.ts';
import { hourMs } from '../../model/time.ts';
import { consumptionAnomaly } from '../../rules/kinds/energy/consumption-anomaly.ts';
import { meterStuck } from '../../rules/kinds/meter/stuck.ts';
import { waterLeak } from '../../rules/kinds/water/leak.ts';
import { aMeter, aWorld, institution } from './world.ts';

/*
 * Households' water with leaks, bursts and stuck meters put in by others, run through the engine as users run it: readings are counters, an hour that
 * was estimated has none. Every third meter is enough to see a rule break. The floors stand below what is reached, so that they fail when a rule breaks, not when it moves.
 */

const data = join(import.meta.dirname, '../../../shared/data/water');
const isThere = existsSync(data);
if (!isThere) console.log('SKIPPED 1: the labelled water data to develop on is not here');

interface Labelled {
  readonly at: number;
  readonly litres: number | null;
  readonly isEstimated: boolean;
  readonly label: number;
}

/** First hour, the one after the last, kind, litres per hour. */
type Event = readonly [from: number, to: number, kind: string, litres: number];

function readMeter(file: string): readonly Labelled[] {
  const rows = readFileSync(join(data, 'dev', file), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  return rows.map((row) => {
    const [time = '', litres = '', estimated = '', label = ''] = row.split(',');
    return {
      at: Date.parse(`${time.replace(' ', 'T')}Z`),
      litres: litres === '' ? null : Number(litres),
      isEstimated: estimated === '1',
      label: Number(label),
    };
  });
}

function toReadings(hours: readonly Labelled[]): readonly Observation[] {
  let counter = 1000;
  const reading = (at: number): Observation => ({
    type: 'sample',
    device: 'w1',
    at,
    timeSource: 'device',
    values: { volume_m3: Number(counter.toFixed(4)) },
  });
  const readings = [reading(hours[0]?.at ?? 0)];
  for (const { at, litres, isEstimated } of hours) {
    counter += (litres ?? 0) / 1000;
    if (litres !== null && !isEstimated) readings.push(reading(at + hourMs));
  }
  return readings;
}

/** Hours held to be wrong by the last word of every alert, none from before it was raised. */
async function judge(hours: readonly Labelled[]): Promise<readonly boolean[]> {
  const last = new Map<string, Judged>();
  const report = (): AlertReport => ({
    report(judged) {
      for (const each of judged)
        if (each.change !== 'clear') last.set(`${each.kind} ${each.openedAt}`, each);
      return [];
    },
    rejudge: () => [],
    opinions: () => [],
    episodes: () => [],
  });
  const meters = [aMeter('w1', { medium: 'water', everyS: 3600 })];
  const institutions = [{ ...institution, timeZone: 'UTC' }];
  const kinds = [waterLeak, consumptionAnomaly, meterStuck];
  const world = aWorld({ institutions, meters }, kinds, report);
  const readings = toReadings(hours);
  for (let from = 0; from < readings.length; from += 500)
    await world.give(readings.slice(from, from + 500));
  const flagged = new Set(
    [...last.values()].flatMap(({ openedAt, evidence }) =>
      evidence.flagged
        .map((hour) => Math.floor(hour / hourMs) * hourMs)
        .filter((hour) => hour > openedAt - hourMs - 1),
    ),
  );
  return hours.map(({ at }) => flagged.has(at));
}

function runs(flags: readonly boolean[], gap: number): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  flags.forEach((flag, index) => {
    const last = found.at(-1);
    if (flag && last && index - last[1] <= gap + 1) last[1] = index;
    else if (flag) found.push([index, index]);
  });
  return found;
}

const scoredFrom = 60 * 24;

/** An event is found by an alarm from its beginning to 6 h after it; alarms merge over 12 h and are right when they touch one, masked ones are nothing. */
function compare(hours: readonly Labelled[], all: readonly boolean[], events: readonly Event[]) {
  const alarms = all.map((alarm, index) => alarm && index >= scoredFrom);
  const delays = events.map(([from, to, kind]) => {
    const delay = alarms.slice(from, to + 6).indexOf(true);
    return { kind, hours: delay === -1 ? Number.POSITIVE_INFINITY : delay + 1 };
  });
  const raised = runs(alarms, 12).filter(([from, to]) => {
    const masked = hours.slice(from, to + 1).filter(({ label }) => label === -1).length;
    return masked / (to - from + 1) <= 0.2 && hours[from - 1]?.label !== -1;
  });
  const right = raised.filter(([from, to]) =>
    events.some(([start, end]) => from <= end + 12 && to >= start),
  );
  const scored = hours.slice(scoredFrom).filter(({ label }) => label >= 0).length;
  return { delays, raised: raised.length, right: right.length, scored };
}

test.runIf(isThere)(
  'households with labels: leaks within two days, bursts within three hours, few false alarms',
  { timeout: 300_000 },
  async () => {
    const listed = JSON.parse(readFileSync(join(data, 'events.json'), 'utf8')) as readonly {
      readonly meter: string;
      readonly ev: readonly Event[];
    }[];
    const sums = { raised: 0, right: 0, scored: 0 };
    const delays: { readonly kind: string; readonly hours: number }[] = [];
    const files = readdirSync(join(data, 'dev')).sort();
    for (const file of files.filter((_, index) => index % 3 === 0)) {
      const events = listed.find(({ meter }) => file === `meter_${meter}.csv`)?.ev ?? [];
      const hours = readMeter(file);
      const counted = compare(hours, await judge(hours), events);
      delays.push(...counted.delays);
      for (const name of ['raised', 'right', 'scored'] as const) sums[name] += counted[name];
    }
    const within = (kind: string, most: number) => {
      const own = delays.filter((each) => each.kind === kind);
      return own.filter(({ hours }) => hours <= most).length / own.length;
    };
    const precision = sums.right / sums.raised;
    const recall = delays.filter(({ hours }) => hours < Infinity).length / delays.length;
    const f1 = (2 * precision * recall) / (precision + recall);
    const perMonth = (sums.raised - sums.right) / (sums.scored / 730.5);
    const [leaks, bursts] = [within('continuous_leak', 48), within('burst', 3)];
    console.log(
      `water: F1 ${f1.toFixed(3)}, ${perMonth.toFixed(2)} false alarms per meter-month, ${leaks.toFixed(2)} of leaks within 48 h, ${bursts.toFixed(2)} of bursts within 3 h`,
    );
    expect(f1).toBeGreaterThan(0.78);
    expect(perMonth).toBeLessThan(0.3);
    expect(leaks).toBeGreaterThanOrEqual(0.95);
    expect(bursts).toBeGreaterThan(0.8);
  },
);
