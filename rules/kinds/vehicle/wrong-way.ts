import { z } from 'zod';
import { isOnStrand, laneOf, strandsOf } from '../../../fleet/corridor.ts';
import { type Direction, noDirection, turnTo } from '../../../fleet/direction.ts';
import { runsWith } from '../../../fleet/lane.ts';
import { type GateState, openGate, passGate } from '../../../fleet/quality.ts';
import type { Finding } from '../../../model/alert.ts';
import type { Fix } from '../../../model/observation.ts';
import { noFindings, type RuleKind, type Step, type Surroundings } from '../../rule.ts';
import { believed, byFixes } from '../../shared/fix-kind.ts';
import { type Ordered, ordersAt } from '../../shared/route-orders.ts';
import type { VehicleSubject } from '../../shared/vehicle-kind.ts';
import { toContext } from '../../words/excursion.ts';
import { distance } from '../../words/units.ts';

const params = z.strictObject({
  againstM: z.number().min(50).max(10_000).default(300),
  againstDeg: z.number().min(91).max(180).default(120),
  ...believed,
});

type WrongWayParams = z.output<typeof params>;

interface State {
  readonly gate: GateState;
  readonly direction: Direction;
  /** What was told when it began; the end tells the same. */
  readonly told: Finding | null;
}

const initial: State = { gate: openGate, direction: noDirection, told: null };

function end(state: State, at: number): Step<State> {
  const { told } = state;
  const idle = { ...state, direction: noDirection, told: null };
  return { state: idle, findings: told ? [{ ...told, change: 'clear', at }] : [] };
}

function stepFix(
  state: State,
  fix: Fix,
  { vehicle }: VehicleSubject,
  params: WrongWayParams,
  around: Surroundings,
): Step<State> {
  const orders = ordersAt(vehicle, fix.at, around);
  if (orders.length === 0 || orders.some(({ route }) => route.oneWay !== true))
    return { state: initial, findings: end(state, fix.at).findings };
  const { state: gate, verdict } = passGate(state.gate, fix, params);
  if (verdict !== 'good') return { state: { ...state, gate }, findings: noFindings };
  const strands = orders.flatMap(({ route }) => strandsOf(route));
  const isAgainst = (bearing: number) =>
    isOnStrand({ strands, free: [] }, fix) &&
    !strands.some((strand) => runsWith(laneOf(strand), fix, bearing, params.againstDeg));
  const direction = turnTo(state.direction, fix, isAgainst);
  const next = { ...state, gate, direction };
  if (direction.since === null)
    return next.told ? end(next, fix.at) : { state: next, findings: noFindings };
  if (next.told || direction.againstM < params.againstM)
    return { state: next, findings: noFindings };
  const told = tell(vehicle.id, vehicle.plate, direction, fix, orders);
  return { state: { ...next, told }, findings: [told] };
}

function tell(
  id: string,
  plate: string,
  { since, againstM }: Direction,
  fix: Fix,
  orders: readonly Ordered[],
): Finding {
  const far = distance(againstM);
  const name = orders[0]?.route.name ?? '';
  const from = since ?? fix.at;
  return {
    change: 'open',
    subject: { type: 'vehicle', id },
    at: fix.at,
    severity: 'warning',
    summary: {
      zh: `${plate} 在单向路线“${name}”上逆向行驶 ${far.zh}`,
      en: `${plate} goes against the one-way route "${name}" for ${far.en}`,
    },
    evidence: {
      from,
      to: fix.at,
      flagged: [from, fix.at],
      observed: { againstM: Math.round(againstM), lat: fix.lat, lon: fix.lon },
      expected: { routes: orders.map(({ route }) => ({ id: route.id, name: route.name })) },
      method: {
        zh: '位于路线走廊内、每段不短于 50 米的行驶方向，与附近任何一段路线方向都相反；累计到给定距离时告警，连续两段方向正确、离开走廊或派车结束即解除。',
        en: 'Steps of at least 50 m within the corridor that go against every part of the route nearby; raised after the given distance, over after two steps the right way, off the corridor, or when the dispatch ends.',
      },
      context: { dispatches: orders.map(({ dispatch }) => toContext(dispatch)) },
      quality: {},
    },
  };
}

/** A vehicle goes against a route that is marked as one-way. Without `oneWay` both directions are right. */
export const wrongWay: RuleKind<WrongWayParams, State> = {
  kind: 'vehicle.wrong-way',
  version: 2,
  title: { zh: '路线逆行', en: 'Against the route' },
  description: {
    zh: '车辆在标为单向的派车路线上反向行驶。',
    en: 'A vehicle goes against its dispatched route, which is marked as one-way.',
  },
  severity: 'warning',
  params,
  ...byFixes(initial, stepFix),
};
