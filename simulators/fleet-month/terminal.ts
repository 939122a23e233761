import type { LonLat } from '../../model/entities.ts';
import type { Fix } from '../../model/observation.ts';
import { moved } from '../streets.ts';
import type { MonthVehicle } from './city.ts';
import type { Moment } from './course.ts';
import type { FleetDice } from './dice.ts';

/** What comes in, and when. */
export interface Delivery {
  readonly fix: Fix;
  /** Our clock, Unix ms UTC. */
  readonly receivedAt: number;
}

/** Between two instants something is wrong with the terminal. */
export interface Trouble {
  readonly what: 'link' | 'power' | 'antenna' | 'stuck';
  readonly from: number;
  readonly to: number;
}

export interface Terminal {
  hear(moment: Moment): void;
  /** Before its time has come. */
  trouble(trouble: Trouble): void;
  /** What is to come of the moments heard since the last call. */
  take(): readonly Delivery[];
}

const mainPower = 1 << 8;
const antennaOpen = 1 << 5;
/** What is there before the power goes is said by so many reports. */
const dyingMs = 25_000;

/** A receiver with its weaknesses, a gauge that sloshes, and a link that is not always there. */
export function createTerminal(vehicle: MonthVehicle, dice: FleetDice): Terminal {
  const receiver = newReceiver(vehicle, dice);
  const troubles: Trouble[] = [];
  let deliveries: Delivery[] = [];
  let frozen: LonLat | undefined;
  let lastReceived = 0;
  const during = (what: Trouble['what'], at: number) =>
    troubles.find((each) => each.what === what && at >= each.from && at < each.to);
  function say(seen: Fix, isBlind: boolean, isDead: boolean) {
    const { at } = seen;
    frozen = during('stuck', at) ? (frozen ?? [seen.lon, seen.lat]) : undefined;
    const alarms = (isDead ? mainPower : 0) | (isBlind ? antennaOpen : 0);
    const cut = during('link', at);
    const came = cut ? cut.to + dice.between(1000, 90_000) : at + dice.between(200, 2500);
    lastReceived = Math.round(cut ? Math.max(came, lastReceived + 20) : came);
    const place = frozen && { lon: frozen[0], lat: frozen[1] };
    const more = {
      ...(vehicle.home.door === 'jt808' && { alarms }),
      ...(cut && { resent: true as const }),
    };
    deliveries.push({ fix: { ...seen, ...place, ...more }, receivedAt: lastReceived });
  }
  return {
    trouble: (trouble) => void troubles.push(trouble),
    hear(moment) {
      const dead = during('power', moment.at);
      if (dead && moment.at > dead.from + dyingMs) return;
      const isBlind = during('antenna', moment.at) !== undefined;
      const seen = receive(receiver, moment, isBlind);
      if (seen) say(seen, isBlind, dead !== undefined);
    },
    take() {
      const taken = deliveries;
      deliveries = [];
      return taken;
    },
  };
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

type Wander = (seconds: number, forgetS: number) => number;

/** A value that wanders about 0 and forgets. */
function createWander(dice: FleetDice): Wander {
  let value = dice.normal();
  return (seconds, forgetS) => {
    const keep = Math.exp(-seconds / forgetS);
    value = value * keep + dice.normal() * Math.sqrt(1 - keep * keep);
    return value;
  };
}

interface Jump {
  readonly eastM: number;
  readonly northM: number;
  readonly until: number;
}

/** What a receiver and a gauge carry from one moment to the next. */
interface Receiver {
  readonly vehicle: MonthVehicle;
  readonly dice: FleetDice;
  readonly wanders: readonly [east: Wander, north: Wander, slosh: Wander];
  before: Moment | undefined;
  known: LonLat;
  offSince: number;
  hiddenSince: number | undefined;
  settlesAt: number;
  /** The tank stands at a slant, litres. */
  slope: number;
  jump: Jump;
  /** True kilometres, and those that the terminal has counted. */
  driven: number;
  counted: number;
}

/** Start-up after a rest, slopes and reflections. */
function settle(receiver: Receiver, { at, acc, speedKmh }: Moment): void {
  const { before, dice, jump } = receiver;
  if (acc && before && !before.acc && at - receiver.offSince > 1_800_000)
    receiver.settlesAt = at + dice.between(0, 45_000);
  if (!acc && before?.acc) receiver.offSince = at;
  if (speedKmh === 0 && before && before.speedKmh > 0) receiver.slope = 0.7 * dice.normal();
  if (at < jump.until || !dice.chance(acc ? 0.0005 : 0.002)) return;
  const angle = dice.between(0, 2 * Math.PI);
  // Between houses while it drives; beside a wall for as long as it stands there.
  const metres = acc ? dice.between(30, 150) : dice.between(40, 300);
  const until = at + dice.between(5000, 90_000);
  receiver.jump = { eastM: metres * Math.cos(angle), northM: metres * Math.sin(angle), until };
}

function place(receiver: Receiver, { at, acc, point }: Moment, seconds: number): LonLat {
  const { dice, jump, settlesAt } = receiver;
  const [east, north] = receiver.wanders;
  const slow = acc ? 4 : 13;
  const forgetS = acc ? 60 : 900;
  const scatter = at < settlesAt ? dice.between(10, 80) : 1.5;
  const [jumpEast, jumpNorth] = at < jump.until ? [jump.eastM, jump.northM] : [0, 0];
  return moved(
    point,
    slow * east(seconds, forgetS) + scatter * dice.normal() + jumpEast,
    slow * north(seconds, forgetS) + scatter * dice.normal() + jumpNorth,
  );
}

function gauge(
  { vehicle, dice, wanders, slope }: Receiver,
  { acc, speedKmh, fuel }: Moment,
  seconds: number,
) {
  const { entity, tank, gaugeAsleep } = vehicle;
  if (entity.fuel === 'electric') return { socPct: rounded((100 * fuel) / tank, 1) };
  if (!acc && !gaugeAsleep) return {};
  const wave = speedKmh > 0 ? 1.1 * wanders[2](seconds, 25) : slope;
  return { fuelL: rounded(Math.max(0, fuel + wave + 0.15 * dice.normal()), 1) };
}

/** Under a building a sleeping terminal is heard for its last minutes only. */
const heardHiddenMs = 200_000;

function receive(receiver: Receiver, moment: Moment, isBlind: boolean): Fix | undefined {
  const { dice, before } = receiver;
  const { at, acc, km, hidden } = moment;
  settle(receiver, moment);
  const seconds = before ? (at - before.at) / 1000 : 60;
  receiver.before = moment;
  receiver.hiddenSince = hidden ? (receiver.hiddenSince ?? at) : undefined;
  const isDeep = receiver.hiddenSince !== undefined && at - receiver.hiddenSince > heardHiddenMs;
  if (isDeep && !acc) return undefined;
  const isSettling = at < receiver.settlesAt;
  const isLost = (hidden && before !== undefined) || isBlind || (isSettling && dice.chance(0.4));
  if (!isLost) receiver.known = place(receiver, moment, seconds);
  if (!isLost || receiver.vehicle.hasPulse) receiver.counted += Math.max(0, km - receiver.driven);
  receiver.driven = km;
  return toFix(receiver, moment, isLost, seconds);
}

function satellites({ dice, jump, settlesAt }: Receiver, at: number, isLost: boolean): number {
  if (isLost) return 0;
  if (at < settlesAt) return dice.whole(3, 6);
  return at < jump.until ? dice.whole(4, 8) : dice.whole(7, 16);
}

function toFix(receiver: Receiver, moment: Moment, isLost: boolean, seconds: number): Fix {
  const { vehicle, dice, known } = receiver;
  const { at, acc, speedKmh, headingDeg } = moment;
  const drifting = !acc && dice.chance(0.05) ? dice.between(0, 3) : 0;
  const isDriving = speedKmh > 0 && (vehicle.hasPulse || !isLost);
  return {
    type: 'fix',
    device: vehicle.id,
    at,
    timeSource: 'device',
    lon: rounded(known[0], 6),
    lat: rounded(known[1], 6),
    fixed: !isLost,
    speedKmh: rounded(isDriving ? Math.max(0, speedKmh + dice.normal()) : drifting, 1),
    headingDeg: isDriving ? Math.round(headingDeg) % 360 : 0,
    ...(vehicle.saysAcc && { acc }),
    satellites: satellites(receiver, at, isLost),
    odometerKm: rounded(receiver.counted, 1),
    ...gauge(receiver, moment, seconds),
  };
}

function newReceiver(vehicle: MonthVehicle, dice: FleetDice): Receiver {
  return {
    vehicle,
    dice,
    wanders: [createWander(dice), createWander(dice), createWander(dice)],
    before: undefined,
    known: vehicle.bay,
    offSince: 0,
    hiddenSince: undefined,
    settlesAt: 0,
    slope: 0,
    jump: { eastM: 0, northM: 0, until: 0 },
    driven: Number.POSITIVE_INFINITY,
    counted: dice.between(5000, 90_000),
  };
}
