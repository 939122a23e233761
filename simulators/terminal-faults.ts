import { hourMs, minuteMs, secondMs } from '../model/time.ts';
import type { Shift } from './duty.ts';
import type { Dice } from './noise.ts';
import { type Fault, type Manner, manners } from './simulator.ts';
import type { Fleet } from './vehicle.ts';

/** What can be wrong with a JT/T 808 terminal, and what it does that it should not. */

type TerminalFaultKind = 'terminal-alarm' | 'blind-area' | Manner;

interface AlarmStory {
  readonly bit: number;
  /** The rule kind that tells of it. */
  readonly expect: string;
  /** How long it is held, seconds. */
  readonly least: number;
  readonly most: number;
  readonly isUnderWay: boolean;
}

const story = (
  bit: number,
  name: string,
  least: number,
  most: number,
  isUnderWay = true,
): AlarmStory => ({ bit, expect: `vehicle.terminal-${name}`, least, most, isUnderWay });

/** The antenna is off: nothing is positioned. */
const antennaBit = 5;
export const areaBit = 20;
export const blindingBits = 1 << antennaBit;

/** Bits of JT/T 808-2019 table 25 that mean the same in every edition. */
export const alarmStories: readonly AlarmStory[] = [
  story(0, 'emergency', 30, 60, false),
  story(1, 'overspeed', 20, 90),
  story(2, 'fatigue', 120, 240),
  story(antennaBit, 'antenna-fault', 150, 240),
  story(7, 'under-voltage', 240, 480, false),
  story(8, 'power-cut', 60, 240, false),
  story(areaBit, 'area', 15, 30),
  story(23, 'route-deviation', 60, 150),
  story(29, 'collision', 30, 60),
];

const storyOf = (bit: number): AlarmStory | undefined =>
  alarmStories.find((each) => each.bit === bit);

/** Rule kinds that should find a fault of a terminal. */
export const findersOf = ({ fault, magnitude }: Fault): readonly string[] =>
  fault === 'terminal-alarm' ? [storyOf(magnitude)?.expect ?? []].flat() : [];

const isHeld = ({ from, to }: Fault, at: number): boolean => from <= at && at < to;

/** Alarm bits at an instant. */
export const alarmsAt = (faults: readonly Fault[], at: number): number =>
  faults
    .filter((each) => each.fault === 'terminal-alarm' && isHeld(each, at))
    .reduce((bits, { magnitude }) => bits | (1 << magnitude), 0) >>> 0;

/** After an alarm has ended, a terminal says so again for a while. */
const calmMs = 90 * secondMs;

/** It reports at once and often, however long it has stood. */
export const isAlarmed = (faults: readonly Fault[], at: number): boolean =>
  faults.some(
    ({ fault, from, to }) => fault === 'terminal-alarm' && from <= at && at < to + calmMs,
  );

export const isBlind = (faults: readonly Fault[], at: number): boolean =>
  faults.some((each) => each.fault === 'blind-area' && isHeld(each, at));

const isManner = (fault: string): fault is Manner => manners.some((each) => each === fault);

/** How it misbehaves at an instant. */
export const mannerAt = (
  faults: readonly Fault[],
  at: number,
): { readonly manner: Manner; readonly from: number } | undefined => {
  for (const each of faults) {
    const { fault, from } = each;
    if (isManner(fault) && isHeld(each, at)) return { manner: fault, from };
  }
  return undefined;
};

type Around = { readonly fleet: Fleet };
type Plan = (device: string, at: number, around: Around, dice: Dice) => Fault | undefined;

/** How far ahead a trip is looked for. */
const lookAheadMs = 3 * hourMs;
/** After setting out, and before the next look. */
const stepMs = 30 * secondMs;

/** The first instant from which a vehicle drives for so long with its ignition on. */
function driveOf(
  device: string,
  at: number,
  lengthMs: number,
  { fleet }: Around,
): number | undefined {
  const isDriving = (from: number): boolean => {
    for (let t = from; t <= from + lengthMs; t += stepMs / 2)
      if (!fleet.isUnderWay(device, t) || !fleet.positionAt(device, t).acc) return false;
    return true;
  };
  const within = ({ departs, to }: Shift): number | undefined => {
    for (let from = Math.max(at, departs + stepMs); from + lengthMs < to; from += stepMs)
      if (isDriving(from)) return from;
    return undefined;
  };
  for (const shift of fleet.duties(device).shiftsIn(at, at + lookAheadMs)) {
    const found = within(shift);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An alarm from `at` on, or as soon as the vehicle drives for as long as it is to be held. */
export function planAlarm(
  { bit, least, most, isUnderWay }: AlarmStory,
  device: string,
  at: number,
  around: Around,
  dice: Dice,
): Fault | undefined {
  const lengthMs = dice.whole(least, most) * secondMs;
  const from = isUnderWay ? driveOf(device, at, lengthMs, around) : at;
  if (from === undefined) return undefined;
  return { fault: 'terminal-alarm', device, from, to: from + lengthMs, magnitude: bit };
}

/** Shorter than what is called silence. */
const planBlindArea: Plan = (device, at, around, dice) => {
  const lengthMs = dice.whole(90, 240) * secondMs;
  const from = driveOf(device, at, lengthMs, around) ?? at;
  return { fault: 'blind-area', device, from, to: from + lengthMs, magnitude: 0 };
};

const planManner =
  (fault: Manner): Plan =>
  (device, from, _, dice) => ({
    fault,
    device,
    from,
    to: from + Math.round(dice.between(0.5, 2) * minuteMs),
    magnitude: 0,
  });

const mannerPlans = Object.fromEntries(
  manners.map((manner) => [manner, planManner(manner)]),
) as Record<Manner, Plan>;

export const terminalPlans: Readonly<Record<TerminalFaultKind, Plan>> = {
  'terminal-alarm': (device, at, around, dice) =>
    planAlarm(dice.pick(alarmStories), device, at, around, dice),
  'blind-area': planBlindArea,
  ...mannerPlans,
};

/** In these proportions. */
export const terminalMixture: readonly TerminalFaultKind[] = [
  ...(['terminal-alarm', 'terminal-alarm', 'terminal-alarm', 'terminal-alarm'] as const),
  ...(['blind-area', 'blind-area', 'blind-area'] as const),
  ...manners,
];
