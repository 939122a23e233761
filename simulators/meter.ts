import type { Metric } from '../model/metrics.ts';
import { dayMs, hourMs, minuteMs } from '../model/time.ts';
import type { City, SimulatedMeter } from './city.ts';
import { addsLoad, type FaultBook } from './faults.ts';
import { dayOf, outdoorC, shareOf, startOfDay, unrestOf, zoneMs } from './load-shapes.ts';
import { centred, wander } from './noise.ts';
import type { Fault, FaultKind } from './simulator.ts';

/** What the meters of a city show at any instant: a function of the seed, the faults and the time, so that history and present join. */

export type Values = Partial<Record<Metric, number>>;

export interface Meters {
  /** Everything a meter shows. */
  read(id: string, at: number): Values;
  /** The counter, and the one value that goes with it: enough for history. */
  readShort(id: string, at: number): Values;
  /** Usual use per hour at an instant, without faults, with what the meters below it measure. */
  usualRate(id: string, at: number): number;
}

/** Counters stand still before: 2025-01-01 in Asia/Shanghai. */
const epochDay = dayOf(Date.parse('2025-01-01T00:00:00+08:00'));
const slotMs = 5 * minuteMs;
const slotsAnHour = hourMs / slotMs;

/** One meter by itself, without faults and without those below it. */
interface Load {
  /** Used since the epoch. */
  used(at: number): number;
  /** Per hour. */
  rate(at: number): number;
}

interface HourLoad {
  /** Used since the epoch until the hour begins. */
  readonly before: number;
  /** Used in each slot. */
  readonly slots: readonly number[];
}

/** Hours whose slots are kept; live reading needs one, history goes through them once. */
const keptHours = 48;

function createLoad({ shape, mean, seed }: SimulatedMeter): Load {
  const unrest = unrestOf(shape);
  /** Used in a whole hour; `hour` may lie outside 0 to 23. */
  const ofHour = (day: number, hour: number): number => {
    const at = day * 24 + hour;
    const realDay = Math.floor(at / 24);
    const noise = 1 + 0.04 * centred(seed, realDay) + unrest * centred(seed + 1, at);
    return mean * noise * shareOf(shape, realDay, at - realDay * 24, seed);
  };
  /** Used since the epoch until each day begins. */
  const untilDay = [0];
  const beforeDay = (day: number): number => {
    for (let known = untilDay.length - 1; known < day - epochDay; known += 1) {
      let sum = untilDay[known] ?? 0;
      for (let hour = 0; hour < 24; hour += 1) sum += ofHour(epochDay + known, hour);
      untilDay.push(sum);
    }
    return untilDay[day - epochDay] ?? 0;
  };
  const hours = new Map<number, HourLoad>();
  const hourAt = (hourIndex: number): HourLoad => {
    const known = hours.get(hourIndex);
    if (known) return known;
    const day = Math.floor(hourIndex / 24);
    const hour = hourIndex - day * 24;
    let before = beforeDay(day);
    for (let i = 0; i < hour; i += 1) before += ofHour(day, i);
    const made = { before, slots: slotsOf((i) => ofHour(day, i), hour, seed, hourIndex, unrest) };
    if (hours.size >= keptHours) hours.clear();
    hours.set(hourIndex, made);
    return made;
  };
  const locate = (at: number) => {
    const local = Math.max(at + zoneMs, epochDay * dayMs);
    const hourIndex = Math.floor(local / hourMs);
    const slot = (local - hourIndex * hourMs) / slotMs;
    return { load: hourAt(hourIndex), slot };
  };
  return {
    used(at) {
      const { load, slot } = locate(at);
      const whole = Math.floor(slot);
      let used = load.before;
      for (let i = 0; i < whole; i += 1) used += load.slots[i] ?? 0;
      return used + (load.slots[whole] ?? 0) * (slot - whole);
    },
    rate(at) {
      const { load, slot } = locate(at);
      return (load.slots[Math.floor(slot)] ?? 0) * slotsAnHour;
    },
  };
}

/** Splits an hour's use so that it goes over into that of the hours beside it, unevenly as use is. */
function slotsOf(
  ofHour: (hour: number) => number,
  hour: number,
  seed: number,
  hourIndex: number,
  unrest: number,
): readonly number[] {
  const here = ofHour(hour);
  const ends = [(ofHour(hour - 1) + here) / 2, (ofHour(hour + 1) + here) / 2] as const;
  const weights = Array.from({ length: slotsAnHour }, (_, i) => {
    const share = (i + 0.5) / slotsAnHour;
    const towards = share < 0.5 ? ends[0] : ends[1];
    const nearEnd = Math.abs(share - 0.5) * 2;
    const level = here * (1 - nearEnd) + towards * nearEnd;
    const slotIndex = hourIndex * slotsAnHour + i;
    return level * (1 + 2 * unrest * wander(seed + 2, slotIndex / 3));
  });
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => (sum === 0 ? 0 : (here * weight) / sum));
}

/** A pipe that is jammed, and a counter that alone stands still. */
const stops: ReadonlySet<FaultKind> = new Set(['stuck', 'frozen']);

const clamp = (value: number, min: number, max: number): number =>
  Math.min(max, Math.max(min, value));

/** Hours of a fault that are over at an instant. */
const hoursOf = ({ from, to }: Fault, at: number): number => (clamp(at, from, to) - from) / hourMs;

const isOn = ({ from, to }: Fault, at: number): boolean => from <= at && at < to;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export function createMeters({ meters }: City, faults: FaultBook): Meters {
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const below = Map.groupBy(meters, ({ parent }) => parent);
  const loads = new Map(meters.map((meter) => [meter.id, createLoad(meter)]));
  const loadOf = (id: string) => loads.get(id) as Load;
  const childrenOf = (id: string) => below.get(id) ?? [];

  /** What has flowed through the pipe or wire, whatever the meter shows. */
  const flowed = (id: string, at: number): number => {
    const added = faults.of(id).filter(addsLoad);
    return (
      loadOf(id).used(at) +
      sum(added.map((fault) => fault.magnitude * hoursOf(fault, at))) +
      sum(childrenOf(id).map((child) => flowed(child.id, at)))
    );
  };
  /** What a counter that stood has missed; it goes on from where it stood. */
  const missed = (id: string, at: number): number =>
    sum(
      faults
        .of(id)
        .filter(({ fault, from }) => stops.has(fault) && from < at)
        .map(({ from, to }) => flowed(id, Math.min(at, to)) - flowed(id, from)),
    );
  const counted = (id: string, at: number): number => flowed(id, at) - missed(id, at);
  /** A meter that was put in later shows what it began with and what it has counted since. */
  const counterAt = ({ id, start }: SimulatedMeter, at: number): number => {
    const swap = faults.of(id).findLast(({ fault, from }) => fault === 'swap' && from <= at);
    const begun = swap ? swap.magnitude - counted(id, swap.from) : start;
    return begun + counted(id, at);
  };
  const usualRate = (id: string, at: number): number =>
    loadOf(id).rate(at) + sum(childrenOf(id).map((child) => usualRate(child.id, at)));
  const flow = (id: string, at: number): number =>
    loadOf(id).rate(at) +
    sum(
      faults
        .of(id)
        .filter((fault) => addsLoad(fault) && isOn(fault, at))
        .map(({ magnitude }) => magnitude),
    ) +
    sum(childrenOf(id).map((child) => flow(child.id, at)));

  const stateOf = (id: string, at: number): State => {
    const meter = byId.get(id);
    if (!meter) throw new RangeError(`no meter ${id}`);
    const isStuck = faults.of(id).some((fault) => fault.fault === 'stuck' && isOn(fault, at));
    const wobble = 1 + 0.02 * centred(meter.seed + 3, Math.floor(at / 1000));
    return {
      meter,
      at,
      counter: counterAt(meter, at),
      rate: isStuck ? 0 : flow(id, at) * wobble,
    };
  };
  return {
    read: (id, at) => show(stateOf(id, at), fullFaces),
    readShort: (id, at) => show(stateOf(id, at), shortFaces),
    usualRate,
  };
}

interface State {
  readonly meter: SimulatedMeter;
  readonly at: number;
  readonly counter: number;
  /** Per hour. */
  readonly rate: number;
}

type Faces = Readonly<Record<SimulatedMeter['medium'], (state: State) => Values>>;

const show = (state: State, faces: Faces): Values => faces[state.meter.medium](state);

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Counters show whole steps and never more than was used. */
const inSteps = (value: number, stepsAUnit: number): number =>
  Math.floor(value * stepsAUnit + 1e-6) / stepsAUnit;

const shortFaces: Faces = {
  electricity: ({ counter, rate }) => ({
    energy_import_kwh: inSteps(counter, 100),
    power_kw: rounded(rate, 3),
  }),
  water: ({ counter, rate }) => ({
    volume_m3: inSteps(counter, 1000),
    flow_m3h: rounded(rate, 3),
  }),
  gas: ({ counter, rate }) => ({
    volume_m3: inSteps(counter, 1000),
    flow_m3h: rounded(rate, 3),
  }),
  heat: ({ meter, at, counter, rate }) => {
    const outdoor = outdoorC(dayOf(at), meter.seed);
    const supply = clamp(62 - outdoor, 36, 78) + 0.8 * wander(meter.seed + 4, at / (20 * minuteMs));
    const spread = 11 + 2 * wander(meter.seed + 5, at / hourMs);
    return {
      heat_gj: inSteps(counter, 1000),
      // 4.187 kJ/(kg·K) × 980 kg/m³: what one m³ gives off for each degree, in GJ.
      flow_m3h: rounded(rate / (spread * 0.0041), 2),
      supply_temperature_c: rounded(supply, 1),
      return_temperature_c: rounded(supply - spread, 1),
    };
  },
  environment: ({ meter, at }) => ({
    indoor_temperature_c: rounded(indoorC(meter, at), 1),
    relative_humidity_pct: rounded(46 + 14 * wander(meter.seed + 6, at / (9 * hourMs)), 0),
  }),
};

function indoorC({ seed }: SimulatedMeter, at: number): number {
  const day = dayOf(at);
  const hour = (at - startOfDay(day)) / hourMs;
  const outdoor = outdoorC(day, seed);
  const aim = outdoor > 20 ? 26.4 : 19;
  const byDay = Math.sin(((hour - 9) / 24) * 2 * Math.PI);
  return aim + 0.9 * byDay + 0.04 * (outdoor - 12) + 0.6 * wander(seed + 7, at / (2 * hourMs));
}

const fullFaces: Faces = {
  ...shortFaces,
  electricity: (state) => ({ ...shortFaces.electricity(state), ...network(state) }),
};

const phases = ['a', 'b', 'c'] as const;

/** Voltages, currents and the rest, of three phases that are not quite alike. */
function network({ meter, at, rate }: State): Values {
  const { seed } = meter;
  const factor = clamp(0.94 + 0.03 * wander(seed + 8, at / (13 * minuteMs)), 0.8, 0.995);
  const values: Values = {};
  let phasesLeft = rate;
  for (const [i, phase] of phases.entries()) {
    const voltage =
      229 + 3 * wander(seed + 9 + i, at / (7 * minuteMs)) + 0.4 * centred(seed + 12 + i, at);
    const share = i === 2 ? phasesLeft : (rate / 3) * (1 + 0.05 * wander(seed + 15 + i, at / 9e5));
    phasesLeft -= share;
    values[`voltage_${phase}_v`] = rounded(voltage, 1);
    values[`current_${phase}_a`] = rounded((share * 1000) / (voltage * factor), 2);
    values[`power_${phase}_kw`] = rounded(share, 3);
  }
  const apparent = rate / factor;
  return {
    ...values,
    apparent_power_kva: rounded(apparent, 3),
    reactive_power_kvar: rounded(Math.sqrt(Math.max(0, apparent ** 2 - rate ** 2)), 3),
    power_factor: rounded(factor, 3),
    frequency_hz: rounded(50 + 0.03 * wander(seed + 18, at / minuteMs), 2),
  };
}
