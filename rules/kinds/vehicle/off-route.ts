import { z } from 'zod';
import { type Corridor, endsOf, offsetFrom } from '../../../fleet/corridor.ts';
import { type Excursion, follow, noExcursion, withPoor } from '../../../fleet/excursion.ts';
import { type GateState, openGate, passGate } from '../../../fleet/quality.ts';
import type { Finding } from '../../../model/alert.ts';
import type { Dispatch, Vehicle } from '../../../model/entities.ts';
import type { Fix } from '../../../model/observation.ts';
import { explainExcursion, type Ordered } from '../../explain-excursion.ts';
import type { RuleKind, RuleSubject, Step, Surroundings } from '../../rule.ts';

const params = z.strictObject({
  enterS: z.number().min(0).max(3600).default(15),
  enterFixes: z.int().min(1).max(100).default(2),
  enterMetreSeconds: z.number().min(0).max(1_000_000).default(2000),
  leaveS: z.number().min(0).max(3600).default(60),
  leaveFixes: z.int().min(1).max(100).default(3),
  leaveShare: z.number().min(0.1).max(1).default(0.8),
  endRadiusM: z.number().min(0).max(10_000).default(200),
  minSatellites: z.int().min(0).max(32).default(4),
  maxSpeedKmh: z.number().min(50).max(1000).default(200),
});

type OffRouteParams = z.output<typeof params>;

interface State {
  readonly gate: GateState;
  /** Ids of the dispatches whose routes are judged; empty where none is. */
  readonly dispatches: readonly string[];
  /** When the first of them ends, Unix ms UTC. */
  readonly endsAt: number;
  readonly excursion: Excursion;
  /** The alert is told again when the stretch has become this long. */
  readonly nextTellS: number;
}

const firstTellS = 60;
const idle = { dispatches: [], endsAt: 0, excursion: noExcursion, nextTellS: firstTellS } as const;

/** The orders that bind the vehicle to a route; none where another of that time leaves it free. */
function ordersAt(vehicle: Vehicle, at: number, around: Surroundings): readonly Ordered[] {
  const ordered: Ordered[] = [];
  for (const dispatch of around.dispatches(vehicle.id, at)) {
    const route = dispatch.route === undefined ? undefined : around.route(dispatch.route);
    if (!route) return [];
    ordered.push({ dispatch, route });
  }
  return ordered;
}

function toCorridor(
  ordered: readonly Ordered[],
  vehicle: Vehicle,
  { endRadiusM }: OffRouteParams,
  around: Surroundings,
): Corridor {
  const placeOf = (id: string | undefined) => (id === undefined ? undefined : around.place(id));
  const areas = ordered.map(({ dispatch }: { dispatch: Dispatch }) => placeOf(dispatch.area));
  const places = [placeOf(vehicle.parking), ...areas].filter((place) => place !== undefined);
  return {
    strands: ordered.map(({ route }) => ({ line: route.line, halfWidthM: route.widthM })),
    free: [...ordered.flatMap(({ route }) => endsOf(route.line, endRadiusM)), ...places],
  };
}

/** Ends what was open under other orders: when the first of them ended, as far as it is known. */
function endOrders(state: State, at: number, tell: Tell): Step<State> {
  const { excursion, endsAt } = state;
  if (!excursion.left) return { state: { ...state, ...idle }, findings: [] };
  const endedAt = Math.max(excursion.until, Math.min(at, endsAt));
  const findings = [tell('amend', excursion, endedAt), tell('clear', excursion, endedAt)];
  return { state: { ...state, ...idle }, findings };
}

type Tell = (change: Finding['change'], excursion: Excursion, at: number) => Finding;

/** One more good fix under the same orders. */
function judge(
  state: State,
  gate: GateState,
  fix: Fix,
  corridor: Corridor,
  params: OffRouteParams,
  tell: Tell,
): Step<State> {
  const before = state.excursion;
  const sinceS = (fix.at - (state.gate.trusted?.at ?? fix.at)) / 1000;
  const excursion = follow(before, fix, offsetFrom(corridor, fix), sinceS, params);
  const next = { ...state, gate, excursion };
  if (before.left && !excursion.left) {
    const findings = [tell('amend', before, fix.at), tell('clear', before, fix.at)];
    return { state: { ...next, nextTellS: firstTellS }, findings };
  }
  if (!excursion.left) return { state: next, findings: [] };
  if (!before.left) return { state: next, findings: [tell('open', excursion, fix.at)] };
  if (fix.at - (excursion.since ?? fix.at) < state.nextTellS * 1000)
    return { state: next, findings: [] };
  const nextTellS = 2 * state.nextTellS;
  return { state: { ...next, nextTellS }, findings: [tell('amend', excursion, fix.at)] };
}

function stepFix(
  state: State,
  fix: Fix,
  { vehicle, institution }: Extract<RuleSubject, { type: 'vehicle' }>,
  params: OffRouteParams,
  around: Surroundings,
): Step<State> {
  const ordered = ordersAt(vehicle, fix.at, around);
  const ids = ordered.map(({ dispatch }) => dispatch.id);
  const tellOf =
    (orders: readonly Ordered[]): Tell =>
    (change, excursion, at) =>
      explainExcursion({ change, excursion, at, vehicle, institution, orders, params });
  const isSame = ids.join(' ') === state.dispatches.join(' ');
  const known = () => ordersAt(vehicle, state.excursion.until, around);
  const ended = isSame
    ? undefined
    : endOrders(state, fix.at, (...told) => tellOf(known())(...told));
  const before = ended?.state ?? state;
  if (ordered.length === 0) return { state: before, findings: ended?.findings ?? [] };

  const endsAt = Math.min(...ordered.map(({ dispatch }) => dispatch.to));
  const current = { ...before, dispatches: ids, endsAt };
  const { state: gate, verdict } = passGate(current.gate, fix, params);
  const step =
    verdict === 'good'
      ? judge(
          current,
          gate,
          fix,
          toCorridor(ordered, vehicle, params, around),
          params,
          tellOf(ordered),
        )
      : {
          state: { ...current, gate, excursion: withPoor(current.excursion, verdict) },
          findings: [],
        };
  return { state: step.state, findings: [...(ended?.findings ?? []), ...step.findings] };
}

/**
 * A vehicle leaves the corridor of the route it is dispatched on. Needs no more than `at`, `lat` and `lon`.
 * Decided by distance, count and time together, over fixes that can be believed; over when it is back or the dispatch ends.
 */
export const offRoute: RuleKind<OffRouteParams, State> = {
  kind: 'vehicle.off-route',
  version: 1,
  title: { zh: '偏离路线', en: 'Off route' },
  description: {
    zh: '车辆离开派车单所定路线的走廊。',
    en: 'A vehicle leaves the corridor of the route it is dispatched on.',
  },
  severity: 'warning',
  params,
  appliesTo: (subject) => subject.type === 'vehicle',
  initial: () => ({ gate: openGate, ...idle }),
  step: (state, event, subject, params, around) =>
    event.type === 'fix' && subject.type === 'vehicle'
      ? stepFix(state, event, subject, params, around)
      : { state, findings: [] },
};
