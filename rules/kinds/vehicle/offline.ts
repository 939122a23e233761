import { z } from 'zod';
import type { Finding } from '../../../model/alert.ts';
import { minuteMs, secondMs } from '../../../model/time.ts';
import { noFindings, type RuleKind, type Step, type Surroundings } from '../../rule.ts';
import {
  causeOf,
  type Garage,
  type Heard,
  hear,
  isUnderground,
  type OfflineCause,
  poorCause,
  unheard,
} from '../../shared/offline-state.ts';
import type { VehicleSubject } from '../../shared/vehicle-kind.ts';
import { explainOffline } from '../../words/offline.ts';
import { middleOf } from '../../words/vehicle.ts';

const params = z.strictObject({
  /** Times the reporting interval, but at least `floorS`: under way. */
  factor: z.number().min(1).max(1000).default(3),
  floorS: z.number().min(10).max(86_400).default(900),
  /** The same for a whole door. */
  doorFloorS: z.number().min(10).max(86_400).default(300),
  /** Ignition off, or last seen on the way into a garage; 0: never. */
  parkedS: z.number().min(0).max(2_592_000).default(93_600),
  /** Standing without a position at its own parking place, as in a basement; 0: never. The longest holiday has nine days. */
  undergroundS: z.number().min(0).max(2_592_000).default(864_000),
  /** Heard, but without a position that can be built on, ignition on. */
  poorS: z.number().min(60).max(86_400).default(3600),
  /** Others of the door that must be silent too for it to be the door; and their share. */
  doorVehicles: z.int().min(2).max(60).default(3),
  doorShare: z.number().min(0.5).max(1).default(0.8),
});

export type OfflineParams = z.output<typeof params>;

interface State {
  readonly heard: Heard;
  /** Our clock when it was found; null while there is nothing to say. */
  readonly foundAt: number | null;
  readonly cause: OfflineCause | null;
  /** Another of the door tells for all. */
  readonly mute: boolean;
}

const initial: State = { heard: unheard, foundAt: null, cause: null, mute: false };
/** Whatever was heard so much later than the last of this vehicle has come by a door that is open. */
const togetherMs = 5 * minuteMs;
/** Whoever was heard so long before it may have been asleep. */
const aliveMs = 30 * minuteMs;
/** Whoever is heard so lately is not silent. */
const lateMs = 2 * minuteMs;

function garageOf({ vehicle }: VehicleSubject, around: Surroundings): Garage | undefined {
  const place = vehicle.parking === undefined ? undefined : around.place(vehicle.parking);
  return place && { ...middleOf(place), radiusM: place.circle?.radiusM ?? 100 };
}

interface Silent {
  readonly heard: Heard;
  readonly garage: Garage | undefined;
  readonly cause: OfflineCause;
}

interface Allowed {
  readonly ms: number;
  /** For a whole door. */
  readonly doorMs: number;
}

function allowedOf({ heard, garage, cause }: Silent, everyS: number, params: OfflineParams) {
  const { floorS, doorFloorS, factor } = params;
  const underWay = (leastS: number) => Math.max(leastS, factor * everyS) * secondMs;
  if (cause !== 'parked' && cause !== 'garage')
    return { ms: underWay(floorS), doorMs: underWay(Math.min(floorS, doorFloorS)) };
  const seconds = isUnderground(heard, garage) ? params.undergroundS : params.parkedS;
  const ms = seconds === 0 ? Number.POSITIVE_INFINITY : seconds * secondMs;
  return { ms, doorMs: ms } satisfies Allowed;
}

interface Door {
  readonly name: string;
  readonly vehicles: number;
  /** By id the first of those that are silent: it tells for all. */
  readonly leader: string;
}

/** The door, where those that were under way when this vehicle was heard last have been silent since then as well. */
function silentDoor(
  vehicle: string,
  heardAt: number,
  now: number,
  params: OfflineParams,
  around: Surroundings,
): Door | undefined {
  const others = around.others?.(vehicle, 'vehicle.offline');
  const line = (others?.line ?? []).map(({ id, state }) => ({ id, heard: (state as State).heard }));
  const aliveFrom = Math.min(heardAt + togetherMs, Math.max(heardAt, now - lateMs));
  const isAlive = ({ heard }: (typeof line)[number]) => (heard.at ?? 0) > aliveFrom;
  const alive = line.filter(isAlive);
  const silent = line.filter(
    (other) => !isAlive(other) && !other.heard.parked && (other.heard.at ?? 0) >= heardAt - aliveMs,
  );
  const isDoor =
    silent.length + 1 >= params.doorVehicles &&
    silent.length >= params.doorShare * (silent.length + alive.length);
  if (!isDoor || !others) return undefined;
  const [leader = vehicle] = [vehicle, ...silent.map(({ id }) => id)].sort();
  return { name: others.name, vehicles: silent.length + 1, leader };
}

type Tell = (change: Finding['change'], state: State, at: number, door?: Door) => Finding;

function found(state: State, now: number, cause: OfflineCause, tell: Tell): Step<State> {
  const next = { ...state, foundAt: now, cause, mute: false };
  return { state: next, findings: [tell('open', next, now)] };
}

function lookSilent(
  state: State,
  now: number,
  subject: VehicleSubject,
  params: OfflineParams,
  around: Surroundings,
  tell: Tell,
): Step<State> {
  const { heard } = state;
  const { vehicle } = subject;
  const heardAt = heard.at ?? now;
  const garage = garageOf(subject, around);
  const cause = causeOf(heard, garage);
  const since = Math.max(heardAt, around.listeningSince ?? 0);
  const { ms, doorMs } = allowedOf({ heard, garage, cause }, vehicle.everyS ?? 0, params);
  if (now - since <= doorMs) return { state, findings: noFindings };
  const door = heard.parked ? undefined : silentDoor(vehicle.id, heardAt, now, params, around);
  if (!door)
    return now - since <= ms ? { state, findings: noFindings } : found(state, now, cause, tell);
  const next: State = { ...state, foundAt: now, cause: 'door', mute: door.leader !== vehicle.id };
  return { state: next, findings: next.mute ? [] : [tell('open', next, now, door)] };
}

/** The door is open again, but this vehicle has not come back with the others: it is its own. */
function lookAgain(
  state: State,
  now: number,
  subject: VehicleSubject,
  params: OfflineParams,
  around: Surroundings,
  tell: Tell,
): Step<State> {
  const { heard, foundAt, mute } = state;
  const heardAt = heard.at ?? now;
  const isDoor = silentDoor(subject.vehicle.id, heardAt, now, params, around) !== undefined;
  const garage = garageOf(subject, around);
  const cause = causeOf(heard, garage);
  const { ms } = allowedOf({ heard, garage, cause }, subject.vehicle.everyS ?? 0, params);
  if (isDoor || now - Math.max(foundAt ?? 0, heardAt) <= ms) return { state, findings: noFindings };
  const ended = mute ? [] : [tell('clear', state, now)];
  const own = found(state, now, cause, tell);
  return { ...own, findings: [...ended, ...own.findings] };
}

/**
 * Nothing usable comes from a vehicle, and why: the whole door or gateway, its power, its antenna, a garage, its link; or fixes come without
 * a position, or stuck at one. Goes by time of receipt. Where a whole door is silent, one alert of the institution instead of one for each vehicle.
 */
export const offline: RuleKind<OfflineParams, State> = {
  kind: 'vehicle.offline',
  version: 3,
  title: { zh: '车辆离线', en: 'Vehicle offline' },
  description: {
    zh: '车载终端没有可用数据，并区分原因：接入口或网关整体中断、断电、天线、地下车库、链路、无定位、定位卡死。',
    en: 'Nothing usable comes from a vehicle, and why: door or gateway, power, antenna, garage, link, no position, stuck position.',
  },
  severity: 'warning',
  params,
  replaces: ['device.silent'],
  appliesTo: (subject) => subject.type === 'vehicle' && subject.vehicle.everyS !== undefined,
  initial: () => initial,

  step(state, event, subject, params) {
    if (subject.type !== 'vehicle') return { state, findings: noFindings };
    const heard = hear(state.heard, event);
    const tell: Tell = (change, of, at) => explainOffline({ change, at, subject, params, ...of });
    const isPoor =
      heard.poorSince !== null && (heard.at ?? 0) - heard.poorSince > params.poorS * secondMs;
    const { foundAt, cause, mute } = state;
    const isPoorKnown = cause === 'no-position' || cause === 'stuck' || cause === 'antenna';
    if (isPoor && foundAt === null)
      return found({ ...state, heard }, heard.at ?? 0, poorCause(heard), tell);
    if (foundAt === null || (isPoor && isPoorKnown))
      return { state: { ...state, heard }, findings: noFindings };
    const back: State = { heard, foundAt: null, cause: null, mute: false };
    const at = Math.max(foundAt, event.receivedAt);
    if (mute) return { state: back, findings: noFindings };
    return { state: back, findings: [tell('amend', state, at), tell('clear', state, at)] };
  },

  tick(state, now, subject, params, around) {
    if (subject.type !== 'vehicle' || state.heard.at === null)
      return { state, findings: noFindings };
    const tell: Tell = (change, of, at, door) =>
      explainOffline({ change, at, subject, params, ...of, ...(door && { door }) });
    if (state.foundAt === null) return lookSilent(state, now, subject, params, around, tell);
    return state.cause === 'door'
      ? lookAgain(state, now, subject, params, around, tell)
      : { state, findings: noFindings };
  },
};
