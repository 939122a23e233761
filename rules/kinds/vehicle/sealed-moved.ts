import { z } from 'zod';
import { distanceM, type Position } from '../../../fleet/geo.ts';
import { localTime, minuteMs } from '../../../model/time.ts';
import { orderContext, ordersAt } from '../../shared/orders.ts';
import { isAtRest } from '../../shared/rest.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { clock, distance } from '../../words/units.ts';
import { dayWords, whereWords } from '../../words/vehicle.ts';

const params = z.strictObject({
  /** From where it stood when it was sealed, over cleaned fixes. */
  movedM: z.number().min(10).max(100_000).default(50),
  enterS: z.number().min(0).max(86_400).default(20),
  enterFixes: z.int().min(1).max(100).default(3),
  leaveS: z.number().min(0).max(86_400).default(300),
  leaveFixes: z.int().min(1).max(100).default(2),
  earlyMinutes: z.number().min(0).max(1440).default(0),
  lateMinutes: z.number().min(0).max(1440).default(60),
  /** Whether an order that covers the time allows it: a duty car that was sealed by mistake. */
  orderAllows: z.boolean().default(true),
});

type Params = z.output<typeof params>;

/** Where it stood when it was sealed; `at` null until it has come to stand. */
interface Bay {
  readonly from: string;
  readonly at: readonly [lat: number, lon: number] | null;
  /** Of the rest it is the mean of. */
  readonly restSince: number;
  readonly odometerKm: number | null;
  /** Fixes in a row such as only a vehicle under way gives, and when there were enough of them last. */
  readonly fast: number;
  readonly drivenAt: number;
}

/** A mean over so long is where it stands. */
const settledMs = 2 * minuteMs;
/** Receivers wander: the bay is the mean of at least so long, and follows that of its first hour. */
const baySettledMs = 15 * minuteMs;
const bayFollowsMs = 60 * minuteMs;
/** Without a sign of having driven, receivers between houses wander and jump by so much. */
const wanderM = 300;
const drivenKmh = 5;
const drivenFixes = 2;
const drivenKm = 0.05;
/** So long after it has driven, its fixes are taken at their word. */
const believedMs = 30 * minuteMs;

const newBay = (from: string): Bay => ({
  from,
  at: null,
  restSince: 0,
  odometerKm: null,
  fast: 0,
  drivenAt: 0,
});

function sealAt({ fix, subject: { vehicle, institution } }: Sight<Params>) {
  const { date } = localTime(fix.at, institution.timeZone);
  return vehicle.sealed.find(({ from, to }) => from <= date && date < to);
}

function withRest(bay: Bay, { fix, motion: { rest } }: Sight<Params>): Bay {
  const { at, odometerKm = null } = fix;
  if (!rest || at - rest.since < baySettledMs || !isAtRest(fix, rest)) return bay;
  const isFirst = bay.at === null;
  const follows = bay.restSince === rest.since && at - rest.since <= bayFollowsMs;
  if (bay.drivenAt > 0 || (!isFirst && !follows)) return bay;
  return { ...bay, at: [rest.lat, rest.lon], restSince: rest.since, odometerKm };
}

/** Whether the vehicle itself says that it drives, or has driven. */
function withDriving(bay: Bay, { fix, motion: { mark, standing } }: Sight<Params>): Bay {
  const { at, acc, speedKmh = 0, odometerKm } = fix;
  const isFast = mark === 'good' && !standing && acc !== false && speedKmh >= drivenKmh;
  const fast = isFast ? bay.fast + 1 : 0;
  const counted =
    bay.odometerKm !== null && odometerKm !== undefined && odometerKm - bay.odometerKm >= drivenKm;
  const isNew = fast >= drivenFixes || (counted && bay.drivenAt === 0);
  if (isNew) return { ...bay, fast, drivenAt: at };
  return fast === bay.fast ? bay : { ...bay, fast };
}

const apart = ([lat, lon]: readonly [number, number], other: Position): number =>
  distanceM({ lat, lon }, other);

/** How far it is from its bay, metres; undefined where the fix does not say. */
function movedM(bay: Bay, { fix, motion }: Sight<Params>): number | undefined {
  const { rest, trip, mark } = motion;
  if (bay.at === null) return trip && mark === 'good' ? trip.distanceKm * 1000 : undefined;
  const isBelieved = trip !== null || fix.at - bay.drivenAt <= believedMs;
  if (isBelieved) return mark === 'good' ? apart(bay.at, fix) : undefined;
  if (!rest || fix.at - rest.since < settledMs || !isAtRest(fix, rest)) return undefined;
  const metres = apart(bay.at, rest);
  return bay.drivenAt > 0 || metres > wanderM ? metres : 0;
}

/** A vehicle that is sealed, as over holidays, has been moved. */
export const sealedMoved = vehicleKind<Params, Bay | null>({
  kind: 'vehicle.sealed-moved',
  version: 1,
  title: { zh: '封存车辆移动', en: 'Sealed vehicle moved' },
  description: {
    zh: '节假日等封存期内车辆离开封存位置。',
    en: 'A vehicle left its place while it was sealed, as over holidays.',
  },
  severity: 'critical',
  params,
  value: 'movedM',
  memory: null,
  appliesTo: ({ sealed }) => sealed.length > 0,
  see(memory, sight) {
    const { fix, subject, around, params: asked } = sight;
    const { at, lat, lon } = fix;
    const seal = sealAt(sight);
    const calm = { at, lat, lon, so: false, value: 0 };
    if (!seal) return memory ? { memory: null, seen: calm } : { memory };
    const known = memory?.from === seal.from ? memory : newBay(seal.from);
    const bay = withDriving(withRest(known, sight), sight);
    const metres = movedM(bay, sight);
    if (metres === undefined) return { memory: bay };
    const isAllowed =
      asked.orderAllows && ordersAt(around, subject.vehicle.id, at, asked).length > 0;
    const so = metres > asked.movedM && !isAllowed;
    return { memory: bay, seen: { ...calm, so, value: metres, about: seal.from } };
  },
  tell({ spell, subject, around, fix, motion, params: asked }) {
    const { vehicle, institution } = subject;
    const since = clock(spell.since, institution.timeZone);
    const seal = vehicle.sealed.find(({ from }) => from === spell.about);
    const { date } = localTime(spell.since, institution.timeZone);
    const day = around.day(date);
    const what = day ? dayWords(day) : { zh: '日历未导入', en: 'calendar not known' };
    const far = distance(spell.worst);
    const where = whereWords(motion.rest ?? fix, motion.at, around);
    const orders = ordersAt(around, vehicle.id, spell.lastAt, asked);
    return {
      summary: {
        zh: `封存车辆 ${vehicle.plate} 自 ${since}（${what.zh}）移动 ${far.zh}，现${where.zh}`,
        en: `Sealed vehicle ${vehicle.plate} moved ${far.en} since ${since} (${what.en}), now ${where.en}`,
      },
      method: {
        zh: `以封存开始后停稳的平均位置为准，清洗后的定位点偏离超过 ${asked.movedM} 米，且达 ${asked.enterFixes} 点、${asked.enterS} 秒即告警；静止漂移、跳点、启动散点不计；车辆自身没有行驶迹象（车速、里程、行程）时须超过 ${wanderM} 米。回到原位或封存期结束即解除。`,
        en: `From the mean of where it stood once sealed: cleaned fixes more than ${asked.movedM} m away, at least ${asked.enterFixes} over ${asked.enterS} s; drift at rest, jumps and start-up scatter do not count, and where nothing else says that it was driven (speed, odometer, a trip) it takes ${wanderM} m. Over when it is back or the seal ends.`,
      },
      expected: { movedM: asked.movedM, sealed: seal },
      context: { day, dispatches: orders.map(orderContext) },
    };
  },
});
