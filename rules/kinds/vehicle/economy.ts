import { z } from 'zod';
import { followTank, median, missTank, type Tank } from '../../../fleet/fuel.ts';
import { minuteMs } from '../../../model/time.ts';
import type { Other } from '../../rule.ts';
import { isUnseen } from '../../shared/rest.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { amount, clock } from '../../words/units.ts';

const params = z.strictObject({
  /** Way over which a rate is worked out: gauges err by litres. */
  windowKm: z.number().min(20).max(10_000).default(200),
  /** Above its own mean so far, and above vehicles of the same model. */
  abovePercent: z.number().min(1).max(500).default(25),
  abovePeersPercent: z.number().min(1).max(500).default(40),
  /** Windows that make its own mean; others that make theirs. */
  ownWindows: z.int().min(2).max(100).default(3),
  peers: z.int().min(2).max(50).default(5),
  enterS: z.number().min(0).max(86_400).default(0),
  enterFixes: z.int().min(1).max(100).default(1),
  leaveS: z.number().min(0).max(86_400).default(0),
  leaveFixes: z.int().min(1).max(100).default(1),
});

type Params = z.output<typeof params>;

/** Level in litres, of battery vehicles in percent of the charge. */
interface Memory {
  readonly tank: Tank | null;
  /** Level when the rest before this trip ended; null where it is not known. */
  readonly leftWith: number | null;
  /** And when the one before it was over; what changes little in between is the gauge. */
  readonly cameWith: number | null;
  /** What came at its stops since, or went there. */
  readonly given: number;
  /** Of the way since then it was not seen for so long, seconds. */
  readonly unseenS: number;
  readonly used: number;
  readonly km: number;
  readonly since: number;
  /** Of the last window, and the mean of those before that were not too high; per 100 km. */
  readonly rate: number | null;
  readonly mean: number;
  readonly windows: number;
  readonly group: string;
  readonly peerRate: number | null;
}

const none: Memory = {
  tank: null,
  leftWith: null,
  cameWith: null,
  given: 0,
  unseenS: 0,
  used: 0,
  km: 0,
  since: 0,
  rate: null,
  mean: 0,
  windows: 0,
  group: '',
  peerRate: null,
};
/** Old windows fade: a car ages, and seasons change. */
const windowsMost = 8;
/** A level that rose by more on the way was refuelled unseen; one that changes by more at a stop was refuelled, charged or stolen there. */
const riseMost = 3;
/** Two levels read at different slants differ by so much and more. */
const gaugeErr = 4;
/** What was said so long before the trip was over, or after, is not what it came with. */
const arrivalMs = 10 * minuteMs;

const groupOf = ({ subject: { vehicle } }: Sight<Params>): string =>
  `${vehicle.model ?? vehicle.class} ${vehicle.fuel}`;

/** Median of the vehicles of the same model; null where too few are known. */
function peersOf({ around, subject, params: { peers } }: Sight<Params>, group: string) {
  const others = around.others?.(subject.vehicle.id, 'vehicle.economy');
  const known = [...(others?.line ?? []), ...(others?.elsewhere ?? [])];
  const memories = known.map(({ state }: Other) => (state as { memory?: Memory }).memory);
  const rates = memories.flatMap((each) =>
    each && each.group === group && each.rate !== null ? [each.rate] : [],
  );
  return rates.length < peers ? null : (median(rates) ?? null);
}

const levelOf = ({ base, recent }: Tank): number | undefined =>
  median(recent.length > 0 ? recent : base);

/** A fix without a position stands for so long. */
const unseenStepS = 10;
/** What it drove unseen is missing from the way, not from the tank. */
const unseenMostS = 300;

/** To what no gauge tells apart: states are many. */
const rounded = (value: number): number => Math.round(value * 100) / 100;

const unknown = { leftWith: null, given: 0, unseenS: 0 };

/** A trip begins with what the last one ended with, where the gauge says about the same. */
function begin(memory: Memory, level: number): Memory {
  const { cameWith } = memory;
  const isSame = cameWith !== null && Math.abs(level - cameWith) <= riseMost;
  return { ...memory, leftWith: isSame ? cameWith : level, given: 0, unseenS: 0 };
}

/** It leaves where it stood: what changed there does not count. */
function leave(memory: Memory, rest: Tank): Memory {
  const level = levelOf(rest);
  if (level === undefined) return memory;
  if (memory.leftWith === null) return begin(memory, level);
  const change = level - (median(rest.base) ?? level);
  return Math.abs(change) > riseMost
    ? { ...memory, given: rounded(memory.given + change) }
    : memory;
}

/** One more level. */
function follow(memory: Memory, { motion, fix }: Sight<Params>, levelL: number): Memory {
  const before = memory.tank;
  const restSince = motion.rest?.since ?? null;
  const tank = followTank(before, { at: fix.at, levelL, restSince, acc: fix.acc });
  const next = { ...memory, tank };
  if (restSince !== null)
    return motion.trip === null && motion.ended.length === 0 ? { ...next, ...unknown } : next;
  if (!before) return next;
  const silentS = (fix.at - before.lastAt) / 1000;
  const unseenS = memory.unseenS + (silentS > unseenMostS ? silentS : 0);
  const seen = { ...next, unseenS };
  return before.restSince === null ? seen : leave(seen, before);
}

/** It may be under way though nobody sees it. */
const miss = (memory: Memory): Memory =>
  memory.tank
    ? { ...memory, tank: missTank(memory.tank), unseenS: memory.unseenS + unseenStepS }
    : memory;

/** What it came with at the end of a trip; a gauge that is silent without the ignition has said it just before. */
function arrivalOf(tank: Tank, endedAt: number): number | undefined {
  const isNear = Math.abs((tank.restSince ?? tank.lastAt) - endedAt) <= arrivalMs;
  return isNear ? median(tank.restSince === null ? tank.recent : tank.base) : undefined;
}

/** With the trips that are over now: what was used on the way, and how far it was. */
function withTrips(memory: Memory, { motion, fix }: Sight<Params>): Memory {
  const { tank, leftWith, given, unseenS } = memory;
  const last = motion.ended.at(-1);
  if (!last) return memory;
  const level = tank ? arrivalOf(tank, last.endedAt) : undefined;
  const over = { ...memory, ...unknown, cameWith: level ?? null };
  if (leftWith === null || level === undefined || unseenS > unseenMostS) return over;
  const used = leftWith + given - level;
  if (used < -riseMost) return over;
  const km = motion.ended.reduce((sum, trip) => sum + (trip.odometerKm ?? trip.distanceKm), 0);
  const since = memory.km === 0 ? (motion.ended[0]?.startedAt ?? fix.at) : memory.since;
  return { ...over, used: rounded(memory.used + used), km: rounded(memory.km + km), since };
}

/** A window is full: its rate against the vehicle's own and the others'. */
function closeWindow(memory: Memory, sight: Sight<Params>) {
  const { params: asked, fix } = sight;
  const rate = rounded((memory.used / memory.km) * 100);
  const group = groupOf(sight);
  const peerRate = peersOf(sight, group);
  const { mean, windows } = memory;
  const isAbove = (usual: number, percent: number) =>
    rate > usual * (1 + percent / 100) && memory.used - (usual * memory.km) / 100 > gaugeErr;
  const isAboveOwn = windows >= asked.ownWindows && isAbove(mean, asked.abovePercent);
  const isAbovePeers = peerRate !== null && isAbove(peerRate, asked.abovePeersPercent);
  const so = isAboveOwn || isAbovePeers;
  const weight = Math.min(windows, windowsMost - 1);
  const learnt = so
    ? { mean, windows }
    : { mean: rounded((mean * weight + rate) / (weight + 1)), windows: windows + 1 };
  const next = { ...memory, ...learnt, used: 0, km: 0, rate, group, peerRate };
  const { at, lat, lon } = fix;
  const about = isAboveOwn ? 'own' : 'peers';
  const found = { at, lat, lon, so, value: rate, since: memory.since };
  return { memory: next, seen: so ? ({ ...found, about, certain: true } as const) : found };
}

/** Uses more per 100 km than it did, or than others of its model. */
export const economy = vehicleKind<Params, Memory>({
  kind: 'vehicle.economy',
  version: 3,
  title: { zh: '百公里能耗偏高', en: 'Uses too much' },
  description: {
    zh: '百公里油耗（电耗）明显高于本车以往或同型号车辆。',
    en: 'Uses clearly more fuel or charge per 100 km than before, or than vehicles of the same model.',
  },
  severity: 'info',
  params,
  value: 'per100Km',
  memory: none,
  see(memory, sight) {
    const { fix, motion, params: asked } = sight;
    const level = fix.fuelL ?? fix.socPct ?? 0;
    const isUnsaid = level <= 0 || motion.mark === 'waiting';
    const said = isUnsaid ? memory : follow(memory, sight, level);
    const next = isUnseen(fix, motion) ? miss(memory) : said;
    if (motion.ended.length === 0) return { memory: next };
    const counted = withTrips(next, sight);
    return counted.km >= asked.windowKm ? closeWindow(counted, sight) : { memory: counted };
  },
  tell({ spell, memory, subject, params: asked }) {
    const { vehicle, institution } = subject;
    const since = clock(spell.since, institution.timeZone);
    const unit = vehicle.fuel === 'electric' ? '%' : 'L';
    const rate = amount(memory.rate ?? spell.worst);
    const mean = amount(memory.mean);
    const peer = memory.peerRate === null ? null : amount(memory.peerRate);
    return {
      summary: {
        zh: `${vehicle.plate} 自 ${since} 百公里 ${rate} ${unit}，本车以往 ${mean} ${unit}${peer === null ? '' : `，同型号 ${peer} ${unit}`}`,
        en: `${vehicle.plate} uses ${rate} ${unit}/100 km since ${since}; it used ${mean}${peer === null ? '' : `, others of its model ${peer}`}`,
      },
      method: {
        zh: `每行驶约 ${asked.windowKm} 公里计算一次：行程前后停车时的油位（电量）之差除以里程，加油（充电）不计入。高于本车前 ${asked.ownWindows} 段以上平均值 ${asked.abovePercent}%，或高于同型号（未登记型号的按类别）至少 ${asked.peers} 辆车的中位数 ${asked.abovePeersPercent}%，且多用 ${gaugeErr} 升（电量百分点）以上即告警。`,
        en: `Worked out every ${asked.windowKm} km or so: levels at the stops before and after each trip, by the way between them; refuelling and charging aside. Raised above its own mean (of ${asked.ownWindows} windows or more) by ${asked.abovePercent} %, or above the median of at least ${asked.peers} vehicles of its model (of its class where none is registered) by ${asked.abovePeersPercent} %, and in either case by more than ${gaugeErr} L (percent of the charge).`,
      },
      observed: { rate: memory.rate, unit: `${unit}/100km` },
      expected: { ownMean: memory.mean, peerMedian: memory.peerRate },
      context: {
        model: vehicle.model,
        class: vehicle.class,
        fuel: vehicle.fuel,
        against: spell.about,
      },
    };
  },
});
