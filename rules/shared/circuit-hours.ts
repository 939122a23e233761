import type { CircuitGroup } from '../../energy/circuit-group.ts';
import type { Institution } from '../../model/entities.ts';
import { minutesOf } from '../../model/office-hours.ts';
import type { Surroundings } from '../rule.ts';
import { dateOfDay, officeHoursOf } from './energy-days.ts';

export interface CircuitHours {
  readonly graceMinutes: number;
  readonly acLateMinutes: number;
  readonly acEarlyMinutes: number;
  readonly nightFrom: string;
  readonly nightTo: string;
  readonly landscapeUntil: string;
  readonly landscapeDates: readonly string[];
}

/** `allowed`: it may be on; `after`: nobody should need it, though somebody may work late; `night`: nobody works any more. */
export type Phase = 'allowed' | 'after' | 'night';

const within = (minute: number, from: number, to: number): boolean =>
  from <= to ? from <= minute && minute < to : minute >= from || minute < to;

export const isNight = (minute: number, { nightFrom, nightTo }: CircuitHours): boolean =>
  within(minute, minutesOf(nightFrom), minutesOf(nightTo));

/** Before this nobody lights up for a holiday. */
const duskMinutes = 17 * 60;

/** On statutory holidays, the evenings before them, and days that are named as `YYYY-MM-DD` or `MM-DD`. */
function isLitUp(around: Surroundings, day: number, { landscapeDates }: CircuitHours): boolean {
  const date = dateOfDay(day);
  // New Year's Day is one in any year, published or not.
  const isHoliday = (of: number) =>
    dateOfDay(of).endsWith('-01-01') || around.day(dateOfDay(of))?.kind === 'statutory-holiday';
  return (
    isHoliday(day) ||
    isHoliday(day + 1) ||
    landscapeDates.includes(date) ||
    landscapeDates.includes(date.slice(5))
  );
}

/** When a circuit of a group may be on in an institution. @param minute of the local day */
export function phaseOf(
  group: CircuitGroup,
  institution: Institution,
  around: Surroundings,
  {
    day,
    minute,
    works,
  }: { readonly day: number; readonly minute: number; readonly works: boolean },
  hours: CircuitHours,
): Phase {
  if (group === 'landscape') {
    const isEvening = within(minute, duskMinutes, minutesOf(hours.landscapeUntil));
    return isEvening && isLitUp(around, day, hours) ? 'allowed' : 'night';
  }
  const office = officeHoursOf(institution);
  const [opens, closes] = [minutesOf(office.from), minutesOf(office.to)];
  const [from, to] =
    group === 'air'
      ? [opens + hours.acLateMinutes, closes - hours.acEarlyMinutes]
      : [opens - hours.graceMinutes, closes + hours.graceMinutes];
  if (works && from <= minute && minute < to) return 'allowed';
  return isNight(minute, hours) ? 'night' : 'after';
}
