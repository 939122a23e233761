import { dayMs } from '../../model/time.ts';
import { isSealedDay, isWorked, monthFrom } from './calendar.ts';
import { idleAfterDays, type MonthVehicle } from './city.ts';
import type { Crew } from './crew.ts';
import type { DayFault, FaultBook, LongFault } from './faults.ts';
import { type FleetLabel, restsByTail } from './labels.ts';
import type { Task } from './task.ts';
import { labelThefts, steal, stealSlowly, type TankDiary, type Tell, yardOf } from './theft.ts';

const hourMs = 3_600_000;

/** What a driver does, day by day. */
export interface Diary extends TankDiary {
  /** Parked at a kerb since; null in the yard. */
  awaySince: number | null;
  lastUsed: number;
  /** Since when, and how far it had been driven by then in the month. */
  thirsty: { readonly since: number; readonly km: number; readonly what: string } | null;
}

/** @param from where its days begin */
export const newDiary = (from: number): Diary => ({
  darkUntil: 0,
  awaySince: null,
  lastUsed: from,
  stolenSince: null,
  stolenL: 0,
  isLevelKnown: false,
  thefts: [],
  thirsty: null,
});

type Mark = (label: FleetLabel) => void;

/** One day of a vehicle, from where the day before left it. */
export function liveDay(
  crew: Crew,
  diary: Diary,
  faults: FaultBook,
  day: number,
  mark: Mark,
): void {
  const { course, vehicle, dice } = crew;
  const from = monthFrom + day * dayMs;
  const clock: Clock = (hour, spread = 0.5) => from + (hour + dice.between(0, spread)) * hourMs;
  const long = faults.overTime(vehicle);
  const now = long && day >= long.fromDay && day < long.toDay ? long : undefined;
  const fault = faults.onDay(vehicle, day);
  const label: Tell = (kind, since, to, what, must = true) =>
    mark({ kind: `vehicle.${kind}`, vehicle: vehicle.id, from: since, to, what, must });
  const kmBefore = course.km();
  if (now?.what === 'thirsty' && diary.thirsty === null) {
    course.thirst(now.size);
    diary.thirsty = { since: from, km: course.km(), what: `× ${now.size.toFixed(2)}` };
  }
  if (diary.awaySince === null) nightWork(crew, diary, now, fault, clock, label);
  else {
    const since = Math.max(from - 2 * hourMs, diary.awaySince);
    label('overnight-parking', since, from + 6 * hourMs, 'at a kerb');
    crew.comeBack(clock(7, 0.5), 'none');
    diary.awaySince = null;
  }
  const isResting = now?.what === 'unused' || course.now() < diary.darkUntil;
  if (!isResting) work(crew, diary, faults.isHeavy(vehicle), fault, from, clock);
  crew.wait(from + dayMs);
  if (course.km() > kmBefore) {
    labelThefts(diary, label, from);
    diary.isLevelKnown = true;
  }
}

/** In the yard, before it is light. */
function nightWork(
  crew: Crew,
  diary: Diary,
  long: LongFault | undefined,
  fault: DayFault | undefined,
  clock: Clock,
  label: Tell,
): void {
  const { course, vehicle } = crew;
  const isFuelled = vehicle.entity.fuel !== 'electric';
  if (long?.what === 'slow-theft' && course.fuel() > vehicle.tank * 0.25)
    stealSlowly(crew, diary, long.size, clock(1, 2));
  if (fault === 'theft') steal(crew, diary, clock(0.5, 2.5), label);
  if (!isFuelled && course.fuel() < vehicle.tank * 0.5) charge(crew, clock(1, 1));
}

function charge(crew: Crew, at: number): void {
  const { course, vehicle } = crew;
  const litres = course.fuel() - vehicle.tank * 0.95;
  const loss = { from: at, to: at + 3 * hourMs, litres };
  course.stand(at + 3.5 * hourMs, { ...yardOf(crew), loss });
}

type Clock = (hour: number, spread?: number) => number;

function work(
  crew: Crew,
  diary: Diary,
  isHeavy: boolean,
  fault: DayFault | undefined,
  from: number,
  clock: Clock,
): void {
  const { vehicle, dice } = crew;
  const { entity, home, tail } = vehicle;
  if (fault) {
    misuse(crew, diary, fault, clock);
    return;
  }
  if (entity.sealed.length > 0 && isSealedDay(from)) return;
  if (home.policy === 'tail-number' && restsByTail(tail, from) && !isFree(vehicle)) return;
  if (dice.chance(0.03)) {
    crew.wait(clock(9, 8));
    crew.shuffle();
  }
  if (isWorked(from)) workday(crew, diary, isHeavy, from, clock);
  else if (dice.chance(0.12)) crew.go(plain(crew, clock(8, 8)));
}

function workday(crew: Crew, diary: Diary, isHeavy: boolean, from: number, clock: Clock): void {
  const { vehicle, course, dice } = crew;
  const isDue = from - diary.lastUsed > 7 * dayMs;
  const hours = isHeavy ? [] : [8.3, 13.6].filter(() => isDue || dice.chance(0.45));
  if (isHeavy || hours.length > 0) diary.lastUsed = from;
  if (isHeavy)
    crew.go({ ...plain(crew, clock(8.2, 1)), goal: 'road', roadKm: dice.between(45, 100) });
  for (const hour of hours) crew.go(plain(crew, clock(hour, 1.5)));
  if (isHeavy) return;
  if (vehicle.entity.class === 'emergency' && dice.chance(0.25))
    crew.go({ ...plain(crew, clock(19, 4)), order: 'none' });
  else if (dice.chance(0.04)) crew.go(plain(crew, Math.max(course.now(), clock(18.5, 2))));
}

const isFree = ({ entity }: MonthVehicle): boolean =>
  ['courier', 'emergency', 'law-enforcement', 'special'].includes(entity.class);

const usualGoals = ['route', 'route', 'round', 'town', 'town', 'road'] as const;

/** An outing as it should be. */
function plain({ dice, course, vehicle }: Crew, departs: number): Task {
  const isLow = vehicle.entity.fuel !== 'electric' && course.fuel() < vehicle.tank * 0.35;
  const goal = isLow ? 'town' : dice.pick(usualGoals);
  const isSlip = dice.chance(0.04);
  return {
    departs,
    order: isSlip && goal !== 'route' && goal !== 'round' ? 'slip' : 'before',
    goal,
    roadKm: dice.between(10, 60),
    stayMin: dice.between(15, 90),
    ...(dice.chance(0.15) && { idleMin: dice.between(2, 7) }),
    ...(isLow && { refuel: 'station' as const }),
    // Dead spots and short outages are everybody's.
    ...(dice.chance(0.06) && {
      trouble: {
        what: 'link' as const,
        afterMin: dice.between(2, 15),
        hours: dice.between(0.03, 0.16),
      },
    }),
  };
}

const tasks: Readonly<Record<string, (crew: Crew, task: Task, clock: Clock) => Task>> = {
  unordered: (_, task) => ({ ...task, order: 'none' }),
  detour: (_, task) => ({ ...task, goal: 'route', isDetour: true, order: 'before' }),
  beyond: ({ dice }, task) => ({
    ...task,
    goal: 'road',
    roadKm: dice.between(40, 90),
    order: 'none',
  }),
  resort: ({ dice }, task) => ({
    ...task,
    goal: 'resort',
    order: 'none',
    stayMin: dice.between(30, 120),
  }),
  evening: (_, task, clock) => ({ ...task, departs: clock(19.2, 2.5), order: 'none' }),
  'day-off': (_, task, clock) => ({ ...task, departs: clock(8, 9), order: 'none' }),
  sealed: (_, task, clock) => ({ ...task, departs: clock(8, 11), order: 'none', goal: 'town' }),
  tail: (_, task) => ({ ...task, order: 'before' }),
  speeding: ({ dice }, task) => ({
    ...task,
    goal: 'road',
    roadKm: dice.between(25, 60),
    fast: { seconds: dice.between(60, 300), kmh: dice.between(136, 170) },
  }),
  'town-speeding': ({ dice }, task) => ({
    ...task,
    goal: 'town',
    fast: { seconds: dice.between(60, 200), kmh: dice.between(76, 105) },
  }),
  'route-speeding': ({ dice }, task) => ({
    ...task,
    goal: 'route',
    fast: { seconds: dice.between(60, 200), kmh: dice.between(95, 115) },
  }),
  against: (_, { refuel: __, ...task }) => ({ ...task, goal: 'round', round: 'against' }),
  missed: (_, { refuel: __, ...task }) => ({ ...task, goal: 'round', round: 'cut' }),
  idling: ({ dice }, task) => ({ ...task, idleMin: dice.between(19, 75) }),
  fatigue: ({ dice }, task, clock) => ({
    ...task,
    departs: clock(8, 1),
    goal: 'road',
    roadKm: dice.between(60, 110),
    haul: dice.chance(0.6)
      ? { hours: dice.between(3.5, 6), restMin: dice.between(3, 14) }
      : { hours: dice.between(3.4, 4), restMin: dice.between(26, 45) },
  }),
  'foreign-fuel': (_, task) => ({ ...task, goal: 'town', refuel: 'elsewhere' }),
  link: ({ dice }, task) => ({
    ...task,
    goal: 'road',
    roadKm: dice.between(40, 90),
    trouble: { what: 'link', afterMin: dice.between(3, 15), hours: dice.between(0.7, 4) },
  }),
  power: ({ dice }, task) => ({
    ...task,
    trouble: { what: 'power', afterMin: dice.between(3, 12), hours: dice.between(8, 72) },
  }),
};

function misuse(crew: Crew, diary: Diary, fault: DayFault, clock: Clock): void {
  const { dice, course } = crew;
  const { trouble: _, refuel, ...usual } = plain(crew, clock(8.6, 1.5));
  const base: Task = { ...usual, order: 'before', ...(refuel && { refuel }) };
  diary.lastUsed = clock(0, 0);
  if (fault === 'theft') return;
  if (fault === 'home') {
    crew.go(base);
    diary.awaySince = crew.leave(Math.max(course.now() + hourMs / 4, clock(17.6, 1)), 'none').to;
    return;
  }
  if (fault === 'tow') {
    crew.wait(clock(9, 4));
    crew.beTowed();
    crew.comeBack(course.now() + dice.between(1, 4) * hourMs, 'before');
    return;
  }
  if (fault === 'antenna' || fault === 'stuck') {
    const haul = { hours: dice.between(2.4, 3.4), restMin: dice.between(24, 35) };
    const trouble = { what: fault, afterMin: dice.between(2, 10), hours: dice.between(3, 7) };
    crew.go({ ...base, goal: 'road', roadKm: dice.between(60, 100), haul, trouble });
    return;
  }
  const task = tasks[fault]?.(crew, base, clock) ?? base;
  const outing = crew.go(task);
  if (task.trouble?.what === 'power')
    diary.darkUntil = outing.from + task.trouble.hours * hourMs + hourMs;
}

/** Enough of the way driven with too much fuel for anyone to see it. */
const thirstyKm = 500;

/** What only the whole month shows: a vehicle that nobody uses, one that burns too much, one that somebody taps night after night. */
export function labelMonth(crew: Crew, diary: Diary, faults: FaultBook, mark: Mark): void {
  const { course, vehicle } = crew;
  const to = course.now();
  const label: Tell = (kind, from, until, what, must = true) =>
    mark({ kind: `vehicle.${kind}`, vehicle: vehicle.id, from, to: until, what, must });
  if (faults.overTime(vehicle)?.what === 'unused') {
    const from = diary.lastUsed + idleAfterDays * dayMs;
    // Under a building it is not heard, and a vehicle that is not heard is not judged.
    const isHeard = !vehicle.home.basement;
    label('long-idle', from, to, 'unused', isHeard && to - from > 1.5 * dayMs);
    if (!isHeard) label('offline', diary.lastUsed, to, 'unused in its basement', false);
  }
  labelThefts(diary, label);
  const { thirsty, stolenSince, stolenL } = diary;
  if (thirsty)
    label('economy', thirsty.since, to, thirsty.what, course.km() - thirsty.km >= thirstyKm);
  if (stolenSince !== null)
    label('fuel-drop', stolenSince, to, `${stolenL.toFixed(0)} L by nights`, stolenL >= 18);
}
