import type { Swap } from '../../energy/consumption/course.ts';
import type { RatioChange } from '../../energy/consumption/judge.ts';
import type { Reading } from '../../energy/hourly.ts';
import type { Meter } from '../../model/entities.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { type Fault, type Planned, planOf } from './meter-plan.ts';
import { firstOf, type Register, registers, shown } from './meter-registers.ts';
import { numbers } from './random.ts';

/** A meter's year with faults that are known: what was truly used, what the counter showed, and what it cannot tell. */

/** Faults after which the counter does not tell what was used meanwhile. */
const untold: ReadonlySet<Fault> = new Set(['reset', 'swap', 'backwards', 'wrap-onto-zero']);

export interface Label {
  readonly fault: Fault;
  /** Between the readings it lies between. */
  readonly from: number;
  readonly to: number;
  readonly isUntold: boolean;
  /** It ran back within a step and up again, and no reading shows it: so much, in kWh, is not counted. */
  readonly unseen?: number;
}

export interface MeterYear {
  readonly meter: Meter;
  readonly readings: readonly Reading[];
  readonly swaps: readonly Swap[];
  readonly ratioChanges: readonly RatioChange[];
  readonly labels: readonly Label[];
  /** The counter wrapped so many times. */
  readonly rollovers: number;
  /** What was truly used up to an instant, in kWh. */
  usedUpTo(at: number): number;
}

export interface YearOptions {
  /** Start, at midnight of the zone. */
  readonly from: number;
  readonly days: number;
  readonly everyMs: number;
}

export const zone = 'Asia/Shanghai';

/** Mean load by hour of the day, of 1. */
const byHour = [
  2, 2, 2, 2, 2, 2, 3, 5, 8, 10, 10, 10, 8, 8, 10, 10, 10, 8, 6, 5, 4, 3, 2, 2,
] as const;

export function meterYear(n: number, { from, days, everyMs }: YearOptions): MeterYear {
  const random = numbers(n + 1);
  const register = registers[n % registers.length] as Register;
  const isRated = Math.floor(n / registers.length) % 2 === 0;
  const peakKw = 30 + 60 * random();
  const to = from + days * dayMs;
  const quarters = Math.round((to - from) / everyMs);
  const used = new Float64Array(quarters + 1);
  const hours = everyMs / hourMs;
  for (let i = 1; i <= quarters; i++) {
    const hour = Math.floor((from + (i - 1) * everyMs - from) / hourMs) % 24;
    used[i] = (used[i - 1] ?? 0) + (peakKw * (byHour[hour] ?? 2) * hours * (0.5 + random())) / 10;
  }
  const plan = planOf(random, days, register);
  const played = play({ from, everyMs, used, register, plan, random });
  const meter: Meter = {
    id: `m${n}`,
    building: 'b1',
    medium: 'electricity',
    name: `${n}`,
    everyS: everyMs / 1000,
    ctRatio: 1,
    ptRatio: 1,
    ...(isRated ? { ratedKw: 150 } : {}),
    ...register.about,
  };
  return {
    meter,
    ...played,
    usedUpTo(at) {
      const place = Math.min(Math.max((at - from) / everyMs, 0), quarters);
      const low = Math.floor(place);
      const base = used[low] ?? 0;
      return base + ((used[low + 1] ?? base) - base) * (place - low);
    },
  };
}

interface Playing {
  readonly from: number;
  readonly everyMs: number;
  readonly used: Float64Array;
  readonly register: Register;
  readonly plan: readonly Planned[];
  readonly random: () => number;
}

/** A counter on its way through the year. */
interface Player extends Playing {
  readonly readings: Reading[];
  readonly swaps: Swap[];
  readonly ratioChanges: RatioChange[];
  readonly labels: Label[];
  ratio: number;
  /** What it counted up to the place `since`, and which way it goes. */
  counted: number;
  since: number;
  way: 1 | -1;
  turns: number;
  rollovers: number;
  /** In ms from the start. */
  silentTo: number;
  turnedTo: number;
  /** Whether a reading has shown that it runs backwards. */
  isSeen: boolean;
  /** Readings still to be wrong. */
  wrong: number;
}

const rawAt = (player: Player, i: number): number =>
  player.counted +
  (player.way * ((player.used[i] ?? 0) - (player.used[player.since] ?? 0))) / player.ratio;

function startAt(player: Player, i: number, value: number): void {
  player.counted = value;
  player.since = i;
  player.turns = Math.floor(value / player.register.modulus);
}

/** No circuit here counts so much between two readings. */
const tracelessKwh = 100;

/** A reset shows by its fall to zero. Where zero is shown already, or the last step before a wrap, no reading tells it: it waits for the next step. */
function isTraceless({ readings, register, ratio }: Player, { fault }: Planned): boolean {
  const last = readings.at(-1)?.value ?? Number.NaN;
  const isLastStep = register.modulus - last / ratio <= 1.001 * register.step;
  return fault === 'reset' && (last === 0 || isLastStep);
}

/** What happens between the reading before and this one. @returns how long it lasts beyond this one, in ms */
const happen: Readonly<
  Record<Planned['fault'], (player: Player, i: number, ms: number) => number>
> = {
  gap(player, i, ms) {
    player.silentTo = i * player.everyMs + ms;
    return ms + player.everyMs;
  },
  'wrong-readings'(player) {
    player.wrong = 1 + Math.floor(player.random() * 3);
    return player.wrong * player.everyMs;
  },
  reset(player, i) {
    startAt(player, i, 0);
    return 0;
  },
  swap(player, i) {
    const { register, random, ratio } = player;
    const before = rawAt(player, i) % register.modulus;
    let first = firstOf(register, random);
    // One that goes on where the other stood leaves no trace that anybody could find.
    while (Math.abs(first - before) * ratio < tracelessKwh) first = firstOf(register, random);
    startAt(player, i, first);
    return 0;
  },
  'swap-recorded'(player, i) {
    const { register, ratio, random, from, everyMs } = player;
    const finalReading = shown(rawAt(player, i), register) * ratio;
    const first = firstOf(register, random);
    startAt(player, i, first);
    player.swaps.push({ at: from + i * everyMs, finalReading, firstReading: first * ratio });
    return 0;
  },
  ratio(player, i) {
    const { ratio, from, everyMs } = player;
    startAt(player, i, rawAt(player, i));
    player.ratio = ratio === 40 ? 60 : 40;
    const at = from + (i - 0.5) * everyMs;
    player.ratioChanges.push({ at, before: ratio, after: player.ratio });
    return 0;
  },
  backwards(player, i, ms) {
    startAt(player, i, rawAt(player, i));
    player.way = -1;
    player.isSeen = false;
    player.turnedTo = i * player.everyMs + ms;
    return ms + player.everyMs;
  },
};

/** So many steps before the end of its range a counter hardly ever wraps onto zero. */
const stepsOntoZero = 8;

const isFar = (value: number, { register, ratio }: Player): boolean =>
  register.modulus - value / ratio > stepsOntoZero * Math.max(register.step, 0.001);

/** It shows the first time that it runs backwards. Up to the reading before, what it hides is less than a step: that is no reason to say nothing. */
function seeFall(player: Player): void {
  const { labels, readings, isSeen } = player;
  const [label, last] = [labels.at(-1), readings.at(-1)];
  if (!isSeen && label && last) labels.splice(-1, 1, { ...label, from: last.at });
  player.isSeen = true;
}

function show(player: Player, i: number): void {
  const { register, from, everyMs, ratio, readings } = player;
  const raw = rawAt(player, i);
  const turns = Math.floor(raw / register.modulus);
  const turned = player.way > 0 && turns > player.turns;
  if (turned) player.rollovers++;
  player.turns = turns;
  const honest = shown(raw, register) * ratio;
  const at = from + i * everyMs;
  const last = readings.at(-1);
  if (last && player.way < 0 && i > player.since && honest !== last.value) seeFall(player);
  if (last && turned && honest === 0 && isFar(last.value, player)) {
    player.labels.push({ fault: 'wrap-onto-zero', from: last.at, to: at, isUntold: true });
  }
  if (player.wrong === 0) readings.push({ at, value: honest });
  else readings.push({ at, value: --player.wrong % 2 === 0 ? 0 : Math.round(honest * 1.4) });
}

/** Forward again; what no reading has shown is told nowhere. */
function turnAgain(player: Player, i: number): void {
  const { labels, used, since, register, ratio, readings } = player;
  if (shown(rawAt(player, i), register) * ratio !== readings.at(-1)?.value) seeFall(player);
  const unseen = 2 * ((used[i] ?? 0) - (used[since] ?? 0));
  const label = labels.at(-1);
  if (label && !player.isSeen) labels.splice(-1, 1, { ...label, isUntold: false, unseen });
  startAt(player, i, rawAt(player, i));
  player.way = 1;
}

function play(playing: Playing) {
  const { register, random, plan, used, everyMs, from } = playing;
  const counted = firstOf(register, random);
  const player: Player = {
    ...playing,
    readings: [],
    swaps: [],
    ratioChanges: [],
    labels: [],
    ratio: register.about.ctRatio ?? 1,
    counted,
    since: 0,
    way: 1,
    turns: 0,
    rollovers: 0,
    silentTo: -1,
    turnedTo: -1,
    isSeen: false,
    wrong: 0,
  };
  let next = 0;
  for (let i = 0; i < used.length; i++) {
    const planned = plan[next];
    if (planned && i * everyMs >= planned.at && !isTraceless(player, planned)) {
      next++;
      const { fault } = planned;
      const at = from + i * everyMs;
      const lastsMs = happen[fault](player, i, planned.ms);
      // What runs backwards from a reading on was right up to it.
      const since = fault === 'backwards' ? at : at - everyMs;
      player.labels.push({ fault, from: since, to: at + lastsMs, isUntold: untold.has(fault) });
    }
    if (player.way < 0 && i * everyMs >= player.turnedTo) turnAgain(player, i);
    if (i * everyMs >= player.silentTo) show(player, i);
  }
  const { readings, swaps, ratioChanges, labels, rollovers } = player;
  return { readings, swaps, ratioChanges, labels, rollovers };
}

export const quarterMs = 15 * minuteMs;
