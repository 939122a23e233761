import type { Metric } from '../../model/metrics.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { diceOf } from '../fleet-month/dice.ts';
import { centred, unit, wander } from '../noise.ts';
import { startOf, yearDays } from './calendar.ts';
import { circuitNames, type Quarters, total } from './circuits.ts';
import type { YearFault } from './faults.ts';
import type { LivedDay } from './life.ts';
import { slotMs, slots } from './occupancy.ts';
import { roomC } from './room.ts';
import type { Site, YearMeter } from './sites.ts';
import type { Weather } from './weather.ts';

/** What meters say of it: counters in steps, gauges, silences, and now and then a number that is wrong. */

export interface YearReading {
  readonly meter: string;
  /** Unix ms UTC. */
  readonly at: number;
  readonly values: Readonly<Partial<Record<Metric, number>>>;
}

export interface Silence {
  readonly from: number;
  readonly to: number;
}

export interface Voice {
  readonly meter: YearMeter;
  readonly silences: readonly Silence[];
  say(lived: LivedDay): readonly YearReading[];
}

const silencesAYear = 3;
/** One reading of so many is wrong. */
const wrongOneOf = 40_000;

function drawSilences(seed: number, id: string): readonly Silence[] {
  const dice = diceOf(seed, `${id} silences`);
  return Array.from({ length: dice.whole(0, 2 * silencesAYear) }, () => {
    const from = startOf(0) + dice.between(5, yearDays) * dayMs;
    return {
      from,
      to: from + (dice.chance(0.7) ? dice.between(1, 8) : dice.between(12, 96)) * hourMs,
    };
  });
}

const counters: Readonly<Record<string, Metric>> = {
  electricity: 'energy_import_kwh',
  water: 'volume_m3',
  gas: 'volume_m3',
  heat: 'heat_gj',
};

/** @param faults that only gauges show, of the site */
export function createVoice(
  seed: number,
  site: Site,
  meter: YearMeter,
  faults: readonly YearFault[],
  weather: Weather,
): Voice {
  const silences = drawSilences(seed, meter.id);
  const offsetMs = Math.floor(unit(meter.seed, 1) * 40_000);
  let counted = Math.floor(unit(meter.seed, 2) * 50_000);
  let reactive = Math.floor(unit(meter.seed, 3) * 9000);
  const metric = counters[meter.medium];
  const every = meter.everyS / 900;
  const active = (what: string, at: number) =>
    faults.find((fault) => fault.what === what && fault.from <= at && at < fault.to);

  const isSilent = (at: number) => silences.some(({ from, to }) => from <= at && at < to);

  function valuesAt(lived: LivedDay, slot: number, end: number, kw: number, factor: number) {
    const values: Partial<Record<Metric, number>> = {};
    const hour = (slot + 0.5) / 4;
    if (metric) values[metric] = shown(meter, counted, end);
    if (meter.gauges)
      Object.assign(values, gauges(meter, { at: end, kw, factor, reactive }, active));
    if (meter.role === 'room')
      values.indoor_temperature_c = roomC(site, lived.day, hour, weather, active);
    if (meter.role === 'weather')
      values.outdoor_temperature_c = Number(weather.outdoorC(lived.day.day, hour).toFixed(1));
    return values;
  }

  return {
    meter,
    silences,
    say(lived) {
      const through = quartersOf(meter, lived);
      const readings: YearReading[] = [];
      for (let slot = 0; slot < slots; slot += 1) {
        const end = startOf(lived.day.day) + (slot + 1) * slotMs;
        const each = through[slot] ?? 0;
        const used = each * (meter.medium === 'electricity' ? 1 / 4 : 1);
        counted += used;
        const factor = active('power-factor', end - 1)?.change.size ?? usualFactor(meter, end);
        reactive += used * Math.tan(Math.acos(factor));
        if ((slot + 1) % every !== 0 || isSilent(end)) continue;
        const values = valuesAt(lived, slot, end, each, factor);
        readings.push({ meter: meter.id, at: end + offsetMs, values });
      }
      return readings;
    },
  };
}

function quartersOf(
  { medium, role, through }: YearMeter,
  { circuits, branches }: LivedDay,
): Quarters {
  if (medium === 'electricity')
    return total(
      circuitNames
        .filter((name) => !through || through.includes(name))
        .map((name) => circuits[name]),
    );
  if (role === 'master') return total([branches.house, branches.canteen, branches.grounds]);
  if (role === 'house' || role === 'canteen' || role === 'gas' || role === 'heat')
    return branches[role];
  return new Float64Array(slots);
}

/** Wrong is nothing at all, or one bit of the register. */
function shown({ step, seed }: YearMeter, counted: number, at: number): number {
  const steps = Math.floor(counted / step + 1e-6);
  const drawn = unit(seed + 5, at / 1000) * wrongOneOf;
  if (drawn > 1) return toValue(steps, step);
  if (drawn < 0.5) return 0;
  const bit = 2 ** Math.floor(drawn * 22);
  return toValue(Math.floor(steps / bit) % 2 === 0 ? steps + bit : steps - bit, step);
}

const toValue = (steps: number, step: number): number => Number((steps * step).toFixed(3));

const usualFactor = ({ seed }: YearMeter, at: number): number =>
  0.955 + 0.015 * wander(seed + 6, at / hourMs);

interface Now {
  readonly at: number;
  readonly kw: number;
  readonly factor: number;
  readonly reactive: number;
}

type Active = (what: string, at: number) => YearFault | undefined;

const phases = ['a', 'b', 'c'] as const;

function gauges(meter: YearMeter, now: Now, active: Active): Partial<Record<Metric, number>> {
  const { at, kw, factor, reactive } = now;
  const values: Partial<Record<Metric, number>> = {
    power_kw: Number(kw.toFixed(2)),
    power_factor: Number(factor.toFixed(3)),
    reactive_import_kvarh: Number(reactive.toFixed(2)),
  };
  const heavy = active('imbalance', at - 1)?.change.size;
  const dead = active('phase-dead', at - 1)?.change.size;
  const level = active('voltage', at - 1)?.change.size ?? 1;
  const share = (n: number) =>
    heavy === undefined
      ? 1 / 3 + 0.012 * centred(meter.seed + 8, n) + 0.012 * centred(meter.seed + 9, at / 1000 + n)
      : n === 0
        ? heavy
        : (1 - heavy) / 2;
  for (const [n, phase] of phases.entries()) {
    const isDead = dead !== undefined && n === 1;
    const volts = isDead
      ? 225 * dead
      : (225 + 4 * wander(meter.seed + 10 + n, at / hourMs / 3)) * level;
    values[`voltage_${phase}_v`] = Number(volts.toFixed(1));
    values[`current_${phase}_a`] = isDead
      ? 0
      : Number(((1000 * kw * share(n)) / (volts * factor)).toFixed(1));
  }
  return values;
}
