import { AppError } from '../model/errors.ts';
import { hourMs, minuteMs, secondMs } from '../model/time.ts';
import {
  planAnywhere,
  planFault,
  planHistory,
  type Surroundings,
  sensitiveMeters,
} from './fault-plan.ts';
import { toLabel } from './faults.ts';
import { createDice, seedOf } from './noise.ts';
import type { Fault, FaultKind, FaultPlan, Label, Labels } from './simulator.ts';
import { terminalMixture } from './terminal-faults.ts';

/** What goes wrong when, and the labels that say so. */
export interface Schedule {
  /** Plants faults in a history. */
  plantHistory(from: number, to: number): void;
  /** Real time begins. */
  begin(at: number): void;
  /** Writes the labels of what has begun, and plans what comes next. */
  tick(at: number): void;
  inject(kind: FaultKind, device: string | undefined, at: number): Label;
}

/** The longest pause between two faults, and the shortest. */
const pause = { least: 8 * minuteMs, most: 15 * minuteMs };
/** In these proportions. */
const mixture: readonly FaultKind[] = [
  ...(['off-route', 'off-route', 'off-route', 'off-route'] as const),
  ...(['spike', 'spike', 'silence', 'silence', 'leak', 'stuck', 'frozen', 'night-load'] as const),
];
/** Of terminals in trouble, which a city is full of. */
const roughPause = { least: 0.3 * secondMs, most: 1.2 * secondMs };
/** When the first ones of a demonstration begin. */
const first = { excursion: 20 * secondMs, spike: 35 * secondMs };
/** Tries to find a device that a fault can happen to. */
const tries = 12;
/** A meter that was hit this recently may still have an alert open. */
const restMs = 12 * hourMs;

export function createSchedule(
  plan: FaultPlan,
  around: Surroundings,
  labels: Labels | undefined,
  startedAt: number,
): Schedule {
  const { city, faults } = around;
  const dice = createDice(seedOf(city.seed, `schedule ${startedAt}`));
  const pending: Fault[] = [];
  let nextAt = Number.POSITIVE_INFINITY;
  const write = (fault: Fault) => labels?.write(`${JSON.stringify(toLabel(fault, city))}\n`);
  const take = (fault: Fault | undefined): void => {
    if (!fault) return;
    faults.add(fault);
    pending.push(fault);
  };
  const { least, most } = plan === 'rough' ? roughPause : pause;
  const hasTerminals = city.vehicles.some(({ terminal }) => terminal !== undefined);
  const kinds = [...(plan === 'rough' ? [] : mixture), ...(hasTerminals ? terminalMixture : [])];
  const goOn = (at: number) => {
    nextAt = at + dice.between(least, most);
  };
  const somewhere = (kind: FaultKind, at: number): Fault | undefined => {
    for (let i = 0; i < tries; i += 1) {
      const fault = planAnywhere(kind, at, around, dice);
      if (fault) return fault;
    }
    return undefined;
  };
  return {
    plantHistory(from, to) {
      if (plan === 'demo') for (const fault of planHistory(from, to, around)) write(fault);
    },
    begin(at) {
      if (plan === 'none' || kinds.length === 0) return;
      goOn(at);
      if (plan !== 'demo') return;
      take(planAnywhere('off-route', at + first.excursion, around, dice));
      const sensitive = sensitiveMeters(city);
      const rested = sensitive.filter((id) => !faults.isTaken(id, at - restMs, at + hourMs));
      const device = rested[0] ?? sensitive[0];
      if (device) take(planFault('spike', device, at + first.spike, around, dice));
    },
    tick(at) {
      for (const fault of pending.filter(({ from }) => from <= at)) {
        write(fault);
        pending.splice(pending.indexOf(fault), 1);
      }
      if (at < nextAt) return;
      take(somewhere(dice.pick(kinds), at));
      goOn(at);
    },
    inject(kind, device, at) {
      const fault =
        device === undefined ? somewhere(kind, at) : planFault(kind, device, at, around, dice);
      if (!fault)
        throw new AppError(
          'INPUT_INVALID',
          `${kind} cannot happen ${device ? `to ${device}` : 'to anything'} now: something is wrong with it already, or it is not on its way`,
        );
      take(fault);
      return toLabel(fault, city);
    },
  };
}
