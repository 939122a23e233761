import { z } from 'zod';
import { distanceM, isInside, type Position } from '../../../fleet/geo.ts';
import { type GateState, openGate, passGate } from '../../../fleet/quality.ts';
import type { Finding } from '../../../model/alert.ts';
import type { Dispatch, Place, Vehicle } from '../../../model/entities.ts';
import type { Fix } from '../../../model/observation.ts';
import type { RuleKind, Step, Surroundings } from '../../rule.ts';
import { believed, byFixes } from '../../shared/fix-kind.ts';
import type { VehicleSubject } from '../../shared/vehicle-kind.ts';
import { toContext } from '../../words/excursion.ts';

const params = z.strictObject({
  marginM: z.number().min(0).max(1000).default(50),
  drivenM: z.number().min(0).max(100_000).default(1000),
  ...believed,
});

type MissedStopParams = z.output<typeof params>;

interface Watch {
  readonly dispatch: string;
  readonly from: number;
  readonly to: number;
  readonly wanted: readonly string[];
  readonly missing: readonly string[];
  readonly drivenM: number;
}

interface State {
  readonly gate: GateState;
  readonly watches: readonly Watch[];
}

const initial: State = { gate: openGate, watches: [] };
/** Between fixes that are no further apart in time the way is taken to be straight. */
const straightMs = 90_000;
const sampleM = 25;

function comesBy(place: Place, marginM: number, way: readonly Position[]): boolean {
  const { circle, polygon = [] } = place;
  return way.some(
    (position) =>
      (circle &&
        distanceM(position, { lon: circle.center[0], lat: circle.center[1] }) <=
          circle.radiusM + marginM) ||
      isInside(position, polygon),
  );
}

/** Positions on the way from the believed fix before, close enough not to pass a gate unseen. */
function wayTo(fix: Fix, { trusted }: GateState): readonly Position[] {
  if (!trusted || fix.at - trusted.at > straightMs) return [fix];
  const steps = Math.max(1, Math.ceil(distanceM(trusted, fix) / sampleM));
  return Array.from({ length: steps }, (_, step) => {
    const share = (step + 1) / steps;
    return {
      lat: trusted.lat + share * (fix.lat - trusted.lat),
      lon: trusted.lon + share * (fix.lon - trusted.lon),
    };
  });
}

function watch(state: State, vehicle: Vehicle, at: number, around: Surroundings): readonly Watch[] {
  const known = new Set(state.watches.map(({ dispatch }) => dispatch));
  const begun = around
    .dispatches(vehicle.id, at)
    .filter(({ id }) => !known.has(id))
    .flatMap(({ id, from, to, route }): Watch[] => {
      const wanted = (route === undefined ? undefined : around.route(route))?.mustVisit ?? [];
      return wanted.length > 0
        ? [{ dispatch: id, from, to, wanted, missing: wanted, drivenM: 0 }]
        : [];
    });
  return begun.length > 0 ? [...state.watches, ...begun] : state.watches;
}

function stepFix(
  before: State,
  fix: Fix,
  { vehicle }: VehicleSubject,
  params: MissedStopParams,
  around: Surroundings,
): Step<State> {
  const ended = before.watches.filter(({ to }) => to <= fix.at);
  const findings = ended.flatMap((each) => judge(each, vehicle, params, around));
  const going = ended.length > 0 ? before.watches.filter(({ to }) => to > fix.at) : before.watches;
  const watches = watch({ ...before, watches: going }, vehicle, fix.at, around);
  if (watches.length === 0)
    return { state: before.watches.length > 0 ? initial : before, findings };
  const { state: gate, verdict } = passGate(before.gate, fix, params);
  if (verdict !== 'good') return { state: { gate, watches }, findings };
  const way = wayTo(fix, before.gate);
  const stepM = before.gate.trusted ? distanceM(before.gate.trusted, fix) : 0;
  const isMissing = (id: string) => {
    const place = around.place(id);
    return place !== undefined && !comesBy(place, params.marginM, way);
  };
  const looked = watches.map((each) => ({
    ...each,
    missing: each.missing.filter(isMissing),
    drivenM: each.drivenM + Math.round(stepM),
  }));
  return { state: { gate, watches: looked }, findings };
}

/** A dispatch is over: what it should have come by and did not. One that was not driven is another matter. */
function judge(
  { dispatch: id, from, to, wanted, missing, drivenM }: Watch,
  vehicle: Vehicle,
  params: MissedStopParams,
  around: Surroundings,
): readonly Finding[] {
  if (missing.length === 0 || drivenM < params.drivenM) return [];
  const nameOf = (place: string) => around.place(place)?.name ?? place;
  const names = missing.map(nameOf);
  const dispatch: Dispatch | undefined = around
    .dispatches(vehicle.id, to - 1)
    .find((each) => each.id === id);
  const told: Finding = {
    change: 'open',
    subject: { type: 'vehicle', id: vehicle.id },
    at: to,
    severity: 'info',
    summary: {
      zh: `${vehicle.plate} 派车结束，未到必经点：${names.join('、')}`,
      en: `${vehicle.plate} did not come by ${names.join(', ')} before its dispatch ended`,
    },
    evidence: {
      from,
      to,
      flagged: [],
      observed: {
        visited: wanted.filter((each) => !missing.includes(each)).map(nameOf),
        missed: names,
        drivenKm: Math.round(drivenM / 100) / 10,
      },
      expected: { places: wanted.map((each) => ({ id: each, name: nameOf(each) })) },
      method: {
        zh: `派车期间的定位点，以及相隔不超过 90 秒的两点间直线，进入必经点（圆外加 ${params.marginM} 米）即为到达；派车结束后的第一个定位点时判断，行驶不足 ${params.drivenM} 米的不判断。`,
        en: `A place counts as visited when a fix, or the straight way between two fixes no more than 90 s apart, comes into it (circles ${params.marginM} m wider). Judged at the first fix after the dispatch, and not for less than ${params.drivenM} m driven.`,
      },
      context: { dispatch: dispatch ? toContext(dispatch) : { id } },
      quality: {},
    },
  };
  return [told, { ...told, change: 'clear' }];
}

/** A dispatch has ended, and the vehicle has not come by every place its route says it must. */
export const missedStop: RuleKind<MissedStopParams, State> = {
  kind: 'vehicle.missed-stop',
  version: 1,
  title: { zh: '未到必经点', en: 'Missed stop' },
  description: {
    zh: '派车结束时，车辆没有到过路线规定的必经点。',
    en: 'When the dispatch ended the vehicle had not come by every place its route says it must.',
  },
  severity: 'info',
  params,
  ...byFixes(initial, stepFix),
};
