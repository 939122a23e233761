import { z } from 'zod';
import type { Fix } from '../../model/observation.ts';
import { noFindings, type RuleKind, type Step, type Surroundings } from '../rule.ts';
import type { VehicleSubject } from './vehicle-kind.ts';

/** Which fixes are believed; for kinds that go by positions alone. */
export const believed = {
  minSatellites: z.int().min(0).max(32).default(4),
  maxSpeedKmh: z.number().min(50).max(1000).default(200),
} as const;

/** The part of a kind that judges every fix of every vehicle, one after the other. */
export const byFixes = <Params, State>(
  initial: State,
  stepFix: (
    state: State,
    fix: Fix,
    subject: VehicleSubject,
    params: Params,
    around: Surroundings,
  ) => Step<State>,
): Pick<RuleKind<Params, State>, 'appliesTo' | 'initial' | 'step'> => ({
  appliesTo: ({ type }) => type === 'vehicle',
  initial: () => initial,
  step: (state, event, subject, params, around) =>
    event.type === 'fix' && subject.type === 'vehicle'
      ? stepFix(state, event, subject, params, around)
      : { state, findings: noFindings },
});
