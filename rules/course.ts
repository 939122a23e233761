import { z } from 'zod';
import { type BelievedState, countBelieved, newBelieved } from '../energy/believed.ts';
import { counterOf } from '../model/metrics.ts';
import type { Accepted } from '../model/observation.ts';
import { type Active, keyOf } from './instances.ts';
import { type MeterHours, noFindings, type RuleKind, type RuleSubject } from './rule.ts';
import { limitsOf } from './shared/limits.ts';
import type { Slot } from './subject.ts';

/**
 * A meter's counter on its way through the hours, kept as one more state beside those of its rules: what brings them to disk, back after a restart, and
 * to where they were for late data brings it too. It finds nothing of its own.
 */
const courseKind: RuleKind<unknown, BelievedState> = {
  kind: 'meter.course',
  version: 1,
  title: { zh: '逐时用量', en: 'Hourly course' },
  description: { zh: '由累计读数得出的逐时用量。', en: 'Consumption of each hour by the counter.' },
  severity: 'info',
  params: z.object({}),
  appliesTo: (subject) => subject.type === 'meter' && counterOf[subject.meter.medium] !== null,
  initial: () => newBelieved,
  step: (state) => ({ state, findings: noFindings }),
};

const rule = { id: courseKind.kind, version: courseKind.version, params: {} };

/** Comes before the rules of a meter that counts. */
export const courseActive: Active = {
  kind: courseKind as RuleKind,
  rule,
  params: rule.params,
  severity: undefined,
  key: keyOf(rule),
};

export const isCourse = ({ active }: Slot): boolean => active === courseActive;

/** Counts a meter's reading; undefined where the event has none, or one that says nothing (yet). */
export function countOn(slot: Slot, event: Accepted, device: RuleSubject): MeterHours | undefined {
  if (event.type !== 'sample' || device.type !== 'meter') return undefined;
  const metric = counterOf[device.meter.medium];
  const value = metric === null ? undefined : event.values[metric];
  if (value === undefined) return undefined;
  const before = slot.state as BelievedState;
  const { state, closed } = countBelieved(before, { at: event.at, value }, limitsOf(device.meter));
  slot.state = state;
  return state.hourly === before.hourly ? undefined : { closed, running: state.hourly.open };
}
