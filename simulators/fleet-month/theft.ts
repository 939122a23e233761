import { dayMs } from '../../model/time.ts';
import type { Crew } from './crew.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export type Tell = (kind: string, from: number, to: number, what: string, must?: boolean) => void;

interface Theft {
  readonly at: number;
  readonly to: number;
  readonly what: string;
  /** There is a level before it to compare with, and it is large enough. */
  readonly must: boolean;
}

/** What is known of a vehicle's tank from day to day. */
export interface TankDiary {
  /** Dark until then: the terminal has no power. */
  darkUntil: number;
  stolenSince: number | null;
  stolenL: number;
  /** Its gauge has spoken before. */
  isLevelKnown: boolean;
  /** Nobody can see them before it is driven again. */
  thefts: readonly Theft[];
}

export const yardOf = ({ vehicle }: Crew) => ({ acc: false, hidden: vehicle.home.basement });

export function stealSlowly(crew: Crew, diary: TankDiary, litres: number, at: number): void {
  diary.stolenSince ??= at;
  diary.stolenL += litres;
  const loss = { from: at, to: at + 8 * minuteMs, litres };
  crew.course.stand(at + hourMs, { ...yardOf(crew), loss });
}

export function steal(crew: Crew, diary: TankDiary, at: number, label: Tell): void {
  const { course, vehicle, dice } = crew;
  const litres = course.fuel() * dice.between(0.3, 0.7);
  const to = at + dice.between(4, 20) * minuteMs;
  course.stand(to + hourMs, { ...yardOf(crew), loss: { from: at, to, litres } });
  const isKnownLater = vehicle.home.basement || !vehicle.gaugeAsleep;
  // Of a terminal without power nobody knows with what it came home.
  const must = litres >= vehicle.tank * 0.15 && at > diary.darkUntil;
  const what = `${litres.toFixed(0)} L`;
  if (!isKnownLater) label('fuel-drop', at, to, what, must);
  else {
    const theft = { at, to: to + 3 * dayMs, what, must: must && diary.isLevelKnown };
    diary.thefts = [...diary.thefts, theft];
  }
}

/** @param drivenOn day on which it was driven again; absent: never */
export function labelThefts(
  diary: TankDiary,
  label: Tell,
  drivenOn = Number.POSITIVE_INFINITY,
): void {
  for (const { at, to, what, must } of diary.thefts)
    label('fuel-drop', at, to, what, must && drivenOn < to);
  diary.thefts = [];
}
