import type { Hour } from '../../energy/hourly.ts';
import { hasOwnTimes } from '../../energy/own-times.ts';
import type { Finding } from '../../model/alert.ts';
import {
  type MeterSubject,
  noFindings,
  type RuleKind,
  type RuleSubject,
  type Step,
  type Surroundings,
} from '../rule.ts';

/** What stays the same while a reading is judged. */
export interface HourBench<Params> {
  readonly subject: MeterSubject;
  readonly params: Params;
  readonly around: Surroundings;
  /** `at` of the reading. */
  readonly at: number;
}

/** Electricity that goes by the office hours of its institution. */
export const goesByOfficeHours = (subject: RuleSubject): boolean =>
  subject.type === 'meter' && subject.meter.medium === 'electricity' && !hasOwnTimes(subject.meter);

/** One thing after the other, with all that is found on the way. */
export function stepThrough<State, Each>(
  state: State,
  all: readonly Each[],
  take: (state: State, each: Each) => Step<State>,
): Step<State> {
  const findings: Finding[] = [];
  let current = state;
  for (const each of all) {
    const step = take(current, each);
    current = step.state;
    findings.push(...step.findings);
  }
  return { state: current, findings };
}

/** Lets a kind see the hours that a reading has closed, one after the other. */
export const byClosedHours =
  <Params, State>(
    take: (state: State, hour: Hour, bench: HourBench<Params>) => Step<State>,
  ): RuleKind<Params, State>['step'] =>
  (state, event, subject, params, around) => {
    const closed = around.hours?.closed;
    if (subject.type !== 'meter' || !closed?.length) return { state, findings: noFindings };
    const bench = { subject, params, around, at: event.at };
    return stepThrough(state, closed, (before, hour) => take(before, hour, bench));
  };
