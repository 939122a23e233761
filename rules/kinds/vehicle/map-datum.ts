import { z } from 'zod';
import { isOnStrand } from '../../../fleet/corridor.ts';
import {
  type DatumMistake,
  type DatumTally,
  noTally,
  tally,
  withoutMistake,
} from '../../../fleet/datum.ts';
import { distanceM, type Position } from '../../../fleet/geo.ts';
import { type GateState, openGate, passGate } from '../../../fleet/quality.ts';
import type { Finding, Text } from '../../../model/alert.ts';
import type { Vehicle } from '../../../model/entities.ts';
import type { Fix } from '../../../model/observation.ts';
import { noFindings, type RuleKind, type Step, type Surroundings } from '../../rule.ts';
import { believed, byFixes } from '../../shared/fix-kind.ts';
import { type Ordered, ordersAt, toCorridor } from '../../shared/route-orders.ts';
import type { VehicleSubject } from '../../shared/vehicle-kind.ts';
import { toContext } from '../../words/excursion.ts';
import { distance } from '../../words/units.ts';

const params = z.strictObject({
  ...believed,
});

type MapDatumParams = z.output<typeof params>;

interface State {
  readonly gate: GateState;
  /** Ids of the dispatches it is counted for. */
  readonly orders: string;
  readonly datum: DatumTally;
  readonly told: Finding | null;
}

const initial: State = { gate: openGate, orders: '', datum: noTally, told: null };

const words: Record<DatumMistake, Text> = {
  'fixes-gcj02': { zh: '车载终端上报的是 GCJ-02 坐标', en: 'its terminal reports GCJ-02' },
  'route-gcj02': { zh: '路线是按 GCJ-02 绘制的', en: 'the route was drawn in GCJ-02' },
  'fixes-bd09': { zh: '车载终端上报的是 BD-09 坐标', en: 'its terminal reports BD-09' },
  'route-bd09': { zh: '路线是按 BD-09 绘制的', en: 'the route was drawn in BD-09' },
};

function stepFix(
  state: State,
  fix: Fix,
  { vehicle }: VehicleSubject,
  params: MapDatumParams,
  around: Surroundings,
): Step<State> {
  const ordered = ordersAt(vehicle, fix.at, around);
  const orders = ordered.map(({ dispatch }) => dispatch.id).join(' ');
  if (orders !== state.orders) {
    const ended = state.told ? [{ ...state.told, change: 'clear' as const, at: fix.at }] : [];
    return { state: orders === '' ? initial : { ...initial, orders }, findings: ended };
  }
  if (ordered.length === 0 || state.datum.verdict !== null) return { state, findings: noFindings };
  const { state: gate, verdict } = passGate(state.gate, fix, params);
  if (verdict !== 'good') return { state: { ...state, gate }, findings: noFindings };
  const corridor = toCorridor(ordered, vehicle, 0, around);
  const datum = tally(state.datum, fix, (position) => isOnStrand(corridor, position));
  if (datum.verdict === null || datum.verdict === 'none')
    return { state: { ...state, gate, datum }, findings: noFindings };
  const told = tell(vehicle, fix, datum, datum.verdict, ordered);
  return { state: { ...state, gate, datum, told }, findings: [told] };
}

function tell(
  vehicle: Vehicle,
  fix: Fix,
  datum: DatumTally,
  mistake: DatumMistake,
  ordered: readonly Ordered[],
): Finding {
  const moved: Position = withoutMistake(fix, mistake);
  const offsetM = distanceM(fix, moved);
  const far = distance(offsetM);
  return {
    change: 'open',
    subject: { type: 'vehicle', id: vehicle.id },
    at: fix.at,
    severity: 'warning',
    summary: {
      zh: `${vehicle.plate} 的轨迹与路线相差约 ${far.zh}，疑为坐标系有误：${words[mistake].zh}`,
      en: `${vehicle.plate} drives about ${far.en} beside its route, most likely by another map datum: ${words[mistake].en}`,
    },
    evidence: {
      from: fix.at,
      to: fix.at,
      flagged: [fix.at],
      observed: {
        samples: datum.samples,
        onRoute: datum.plain,
        onRouteByOtherDatum: Math.max(...datum.mistaken),
        offsetM: Math.round(offsetM),
      },
      expected: {
        mistake,
        routes: ordered.map(({ route }) => ({ id: route.id, name: route.name })),
      },
      method: {
        zh: '每行驶 100 米取一点，分别按 WGS-84、GCJ-02、BD-09 换算后与路线比较；按另一坐标系八成以上在走廊内而原样不足三分之一时，判为坐标系有误，偏离路线即按换算后的位置判断。',
        en: 'A fix every 100 m is held against the route as it is, and as GCJ-02 or BD-09 would have it. With at least four fifths on the route by another datum, and hardly a third as they are, the datum is mistaken; off-route is then judged by the corrected positions.',
      },
      context: { dispatches: ordered.map(({ dispatch }) => toContext(dispatch)) },
      quality: {},
    },
  };
}

/** A trip lies beside its whole route by just what two map datums differ: no deviation, but something to be set right. */
export const mapDatum: RuleKind<MapDatumParams, State> = {
  kind: 'vehicle.map-datum',
  version: 1,
  title: { zh: '坐标系有误', en: 'Wrong map datum' },
  description: {
    zh: '整趟行程与路线的偏差恰为两种坐标系之差。',
    en: 'A whole trip lies beside its route by just what two map datums differ.',
  },
  severity: 'warning',
  params,
  ...byFixes(initial, stepFix),
};
