import { z } from 'zod';
import { type Corridor, isOnStrand, type Offset, offsetFrom } from '../../../fleet/corridor.ts';
import {
  type DatumTally,
  isSuspected,
  noTally,
  tally,
  withoutMistake,
} from '../../../fleet/datum.ts';
import { type Excursion, follow, noExcursion, withPoor } from '../../../fleet/excursion.ts';
import type { Position } from '../../../fleet/geo.ts';
import { goOnJoining, type Joining, startJoining } from '../../../fleet/joining.ts';
import { type GateState, openGate, passGate } from '../../../fleet/quality.ts';
import { extend, noTrail, type Trail, toMark } from '../../../fleet/trail.ts';
import type { Finding } from '../../../model/alert.ts';
import type { Fix } from '../../../model/observation.ts';
import { noFindings, type RuleKind, type Step, type Surroundings } from '../../rule.ts';
import { believed, byFixes } from '../../shared/fix-kind.ts';
import { type Ordered, ordersAt, toCorridor } from '../../shared/route-orders.ts';
import type { VehicleSubject } from '../../shared/vehicle-kind.ts';
import { explainExcursion } from '../../words/excursion.ts';

const params = z.strictObject({
  enterS: z.number().min(0).max(3600).default(0),
  enterFixes: z.int().min(1).max(100).default(1),
  doubtedS: z.number().min(0).max(3600).default(15),
  doubtedFixes: z.int().min(1).max(100).default(2),
  enterMetreSeconds: z.number().min(0).max(1_000_000).default(2000),
  receiverM: z.number().min(0).max(1000).default(150),
  receiverS: z.number().min(0).max(3600).default(90),
  leaveS: z.number().min(0).max(3600).default(60),
  leaveFixes: z.int().min(1).max(100).default(3),
  leaveShare: z.number().min(0.1).max(1).default(0.8),
  joinS: z.number().min(0).max(86_400).default(600),
  endRadiusM: z.number().min(0).max(10_000).default(200),
  ...believed,
});

type OffRouteParams = z.output<typeof params>;

interface State {
  readonly gate: GateState;
  readonly trail: Trail;
  /** Ids of the dispatches whose routes are judged; empty where none is. */
  readonly dispatches: readonly string[];
  /** When the first of them ends, Unix ms UTC. */
  readonly endsAt: number;
  readonly datum: DatumTally;
  /** Null once it is on its route. */
  readonly joining: Joining | 'unknown' | null;
  readonly excursion: Excursion;
  /** The alert is told again when the stretch has become this long. */
  readonly nextTellS: number;
}

const firstTellS = 60;
const idle = {
  dispatches: [],
  endsAt: 0,
  datum: noTally,
  joining: 'unknown',
  excursion: noExcursion,
  nextTellS: firstTellS,
} as const;

/** Ends what was open under other orders: when the first of them ended, as far as it is known. */
function endOrders(state: State, at: number, tell: Tell): Step<State> {
  const { excursion, endsAt } = state;
  if (!excursion.left) return { state: { ...state, ...idle }, findings: noFindings };
  const endedAt = Math.max(excursion.until, Math.min(at, endsAt));
  const findings = [tell('amend', state, endedAt), tell('clear', state, endedAt)];
  return { state: { ...state, ...idle }, findings };
}

type Tell = (change: Finding['change'], of: State, at: number) => Finding;

/** One more believed fix under the same orders. */
function judge(
  state: State,
  { gate, fix }: { readonly gate: GateState; readonly fix: Fix },
  corridor: Corridor,
  params: OffRouteParams,
  tell: Tell,
): Step<State> {
  const before = state.excursion;
  const sinceS = (fix.at - (state.gate.trusted?.at ?? fix.at)) / 1000;
  const isOnRoute = (position: Position) => isOnStrand(corridor, position);
  const datum = tally(state.datum, fix, isOnRoute);
  const mistake = datum.verdict === 'none' ? undefined : (datum.verdict ?? undefined);
  const offset = offsetFrom(corridor, withoutMistake(fix, mistake));
  const joining = toJoining(state.joining, fix, offset);
  const trail = extend(state.trail, toMark(fix, offset));
  const next = { ...state, gate, trail, datum, joining };
  const isJoining = joining !== null && fix.at - joining.since < params.joinS * 1000;
  if (isJoining || (!before.left && isSuspected(datum)))
    return { state: next, findings: noFindings };
  const excursion = follow(before, { fix, offset, trail: state.trail, sinceS }, params);
  return tellOf({ ...next, excursion }, before, fix, tell);
}

const toJoining = (joining: State['joining'], fix: Fix, offset: Offset): Joining | null =>
  joining === 'unknown' ? startJoining(fix, offset) : joining && goOnJoining(joining, fix, offset);

/** What has changed, as findings. */
function tellOf(next: State, before: Excursion, fix: Fix, tell: Tell): Step<State> {
  const { excursion } = next;
  if (before.left && !excursion.left) {
    const was = { ...next, excursion: before };
    const findings = [tell('amend', was, fix.at), tell('clear', was, fix.at)];
    return { state: { ...next, nextTellS: firstTellS }, findings };
  }
  if (!excursion.left) return { state: next, findings: noFindings };
  if (!before.left) return { state: next, findings: [tell('open', next, fix.at)] };
  if (fix.at - (excursion.since ?? fix.at) < next.nextTellS * 1000)
    return { state: next, findings: noFindings };
  const nextTellS = 2 * next.nextTellS;
  return { state: { ...next, nextTellS }, findings: [tell('amend', next, fix.at)] };
}

const initial: State = { gate: openGate, trail: noTrail, ...idle };

function stepFix(
  state: State,
  fix: Fix,
  { vehicle, institution }: VehicleSubject,
  params: OffRouteParams,
  around: Surroundings,
): Step<State> {
  const ordered = ordersAt(vehicle, fix.at, around);
  const ids = ordered.map(({ dispatch }) => dispatch.id);
  const tellBy =
    (orders: readonly Ordered[]): Tell =>
    (change, { excursion, joining, datum }, at) =>
      explainExcursion({
        change,
        excursion,
        hasJoined: joining === null,
        datum: datum.verdict,
        at,
        vehicle,
        institution,
        orders,
        params,
      });
  const isSame = ids.join(' ') === state.dispatches.join(' ');
  const known = () => ordersAt(vehicle, state.excursion.until, around);
  const ended = isSame
    ? undefined
    : endOrders(state, fix.at, (...told) => tellBy(known())(...told));
  const before = ended?.state ?? state;
  if (ordered.length === 0) return { state: initial, findings: ended?.findings ?? [] };

  const endsAt = Math.min(...ordered.map(({ dispatch }) => dispatch.to));
  const goesOn = ids.some((id) => state.dispatches.includes(id));
  const { joining, datum } = goesOn ? state : before;
  const current = { ...before, dispatches: ids, endsAt, joining, datum };
  const { state: gate, verdict } = passGate(current.gate, fix, params);
  const corridor = () => toCorridor(ordered, vehicle, params.endRadiusM, around);
  const doubted = () => ({ ...current, gate, excursion: withPoor(current.excursion, verdict) });
  const step =
    verdict === 'good'
      ? judge(current, { gate, fix }, corridor(), params, tellBy(ordered))
      : { state: doubted(), findings: noFindings };
  return { state: step.state, findings: [...(ended?.findings ?? []), ...step.findings] };
}

/**
 * A vehicle leaves the corridor of the route it is dispatched on. Needs no more than `at`, `lat` and `lon`.
 * Decided by distance, count and time together, over fixes that can be believed; over when it is back or the dispatch ends.
 */
export const offRoute: RuleKind<OffRouteParams, State> = {
  kind: 'vehicle.off-route',
  version: 3,
  title: { zh: '偏离路线', en: 'Off route' },
  description: {
    zh: '车辆离开派车单所定路线的走廊。',
    en: 'A vehicle leaves the corridor of the route it is dispatched on.',
  },
  severity: 'warning',
  params,
  ...byFixes(initial, stepFix),
};
