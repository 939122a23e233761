import { z } from 'zod';
import { hourMs, localTime, secondMs } from '../../../model/time.ts';
import type { TripPoint, TripSoFar } from '../../../model/trip.ts';
import type { Surroundings } from '../../rule.ts';
import { filingMs, isFiledInTime, orderContext } from '../../shared/orders.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { amount, clock } from '../../words/units.ts';
import { whereWords } from '../../words/vehicle.ts';

const params = z.strictObject({
  /** Judged even where the institution keeps no orders at all. */
  always: z.boolean().default(false),
  enterS: z.number().min(0).max(86_400).default(300),
  enterFixes: z.int().min(1).max(1000).default(2),
  minKm: z.number().min(0).max(100).default(1),
  leaveS: z.number().min(0).max(3600).default(0),
  leaveFixes: z.int().min(1).max(100).default(1),
  earlyMinutes: z.number().min(0).max(1440).default(60),
  lateMinutes: z.number().min(0).max(1440).default(120),
  exemptClasses: z.array(z.string()).default(['emergency']),
});

type Params = z.output<typeof params>;

interface Outing {
  readonly from: number;
  readonly to: number;
  readonly distanceKm: number;
}

/** Trips of one day that no order covered when they were driven, ascending, and where the first began. */
type Memory = {
  readonly trips: readonly Outing[];
  readonly start: Pick<TripPoint, 'lat' | 'lon' | 'places'>;
} | null;

const mostTrips = 6;

/** Orders of the vehicle that have to do with a stretch, filed in time for it. */
function ordersFor(around: Surroundings, vehicle: string, from: number, to: number, asked: Params) {
  const all = around.dispatchesOf?.(vehicle) ?? around.dispatches(vehicle, from);
  return all.filter(
    (order) =>
      order.from - asked.earlyMinutes * 60 * secondMs <= to &&
      from < order.to + asked.lateMinutes * 60 * secondMs &&
      isFiledInTime(order, from),
  );
}

const isCovered = ({ subject, around, params: asked }: Sight<Params>, { from, to }: Outing) =>
  ordersFor(around, subject.vehicle.id, from, to, asked).length > 0;

function withTrip(memory: Memory, trip: TripSoFar, at: number): NonNullable<Memory> {
  const { startedAt, distanceKm } = trip;
  const { lat, lon, places } = trip.start;
  const before = memory?.trips.filter(({ from }) => from !== startedAt) ?? [];
  const trips = [...before, { from: startedAt, to: at, distanceKm }].slice(-mostTrips);
  return { trips, start: memory?.start ?? { lat, lon, places } };
}

/** A trip that is over, after which an order may still be filed. */
function wait(memory: NonNullable<Memory>, sight: Sight<Params>) {
  const { at, lat, lon } = sight.fix;
  const lastAt = memory.trips.at(-1)?.to ?? at;
  const isExcused = memory.trips.every((outing) => isCovered(sight, outing));
  const isLate = at - lastAt > filingMs;
  if (!isExcused && !isLate) return { memory };
  const until = isExcused ? at : lastAt + filingMs;
  return { memory: null, seen: { at, lat, lon, so: false, value: 0, until } };
}

/** Under way, for long enough to be judged. */
function judge(memory: Memory, trip: TripSoFar, sight: Sight<Params>) {
  const { fix, subject } = sight;
  const { at, lat, lon } = fix;
  const { timeZone } = subject.institution;
  if (isCovered(sight, { from: trip.startedAt, to: at, distanceKm: trip.distanceKm })) {
    const trips = memory?.trips.filter(({ from }) => from !== trip.startedAt) ?? [];
    if (memory && trips.length > 0) return wait({ ...memory, trips }, sight);
    return { memory: null, seen: { at, lat, lon, so: false, value: 0 } };
  }
  const about = localTime(trip.startedAt, timeZone).date;
  const first = memory?.trips[0];
  const isSameDay = first && localTime(first.from, timeZone).date === about;
  const next = withTrip(isSameDay ? memory : null, trip, at);
  const value = next.trips.reduce((sum, { distanceKm }) => sum + distanceKm, 0);
  return { memory: next, seen: { at, lat, lon, so: true, value, about, since: trip.startedAt } };
}

/**
 * A trip without an approved order. Where nobody keeps orders of the institution, only where an instance says `always`. The alert waits for the slip
 * that may be filed within a day, and covers all such trips of that day.
 */
export const undispatchedTrip = vehicleKind<Params, Memory>({
  kind: 'vehicle.undispatched-trip',
  version: 1,
  title: { zh: '未派车出车', en: 'Trip without an order' },
  description: {
    zh: '行程没有已批准的派车单；24 小时内补单的紧急用车自动解除。',
    en: 'A trip without an approved order; an emergency slip filed within 24 hours ends the alert.',
  },
  severity: 'warning',
  params,
  value: 'distanceKm',
  memory: null,
  see(memory, sight) {
    const { fix, motion, subject, around, params: asked } = sight;
    const { vehicle, institution } = subject;
    const isKept = asked.always || around.keeps?.(institution.id, 'dispatches') === true;
    if (!isKept || asked.exemptClasses.includes(vehicle.class)) return { memory };
    const { trip } = motion;
    if (!trip) return memory ? wait(memory, sight) : { memory };
    const isYoung =
      fix.at - trip.startedAt < asked.enterS * secondMs || trip.distanceKm < asked.minKm;
    if (isYoung || motion.mark !== 'good' || motion.standing) return { memory };
    return judge(memory, trip, sight);
  },
  tell(told) {
    const { spell, memory, subject, around, fix, isOver, params: asked } = told;
    const { vehicle, institution } = subject;
    const trips = memory?.trips ?? [];
    const since = clock(spell.since, institution.timeZone);
    const km = amount(spell.worst);
    const slips = ordersFor(around, vehicle.id, spell.since, spell.lastAt, asked);
    const start = memory?.start ?? { lat: fix.lat, lon: fix.lon, places: [] };
    const where = whereWords(start, start.places, around);
    const ending = isOver ? endOf(slips.length > 0) : { zh: '', en: '' };
    const count = Math.max(1, trips.length);
    return {
      summary: {
        zh: `${vehicle.plate} 自 ${since} 未派车出车 ${count} 趟、${km} 公里，起点 ${where.zh}${ending.zh}`,
        en: `${vehicle.plate}: ${count} trip(s), ${km} km without an order since ${since}, from ${where.en}${ending.en}`,
      },
      method: {
        zh: `行程与本车派车单逐一比对，派车单前 ${asked.earlyMinutes} 分钟、后 ${asked.lateMinutes} 分钟内的行程视为已派车；行程满 ${asked.minKm} 公里、${Math.round(asked.enterS / 60)} 分钟仍无派车单即告警。行程开始后 ${filingMs / hourMs} 小时内补交的派车单有效，补单即解除；逾期未补则保留记录并关闭。同一天的未派车行程合并为一条。`,
        en: `Each trip is compared with the vehicle's orders; one from ${asked.earlyMinutes} minutes before an order to ${asked.lateMinutes} minutes after it is ordered. Raised after ${asked.minKm} km and ${Math.round(asked.enterS / 60)} minutes. A slip filed within ${filingMs / hourMs} h of the start counts and ends the alert; without one it is closed after that time. Trips of one day are one alert.`,
      },
      observed: { trips },
      expected: { dispatches: 1 },
      context: {
        dispatches: slips.map(orderContext),
        ...(isOver && { closedBy: slips.length > 0 ? 'slip' : 'no-slip' }),
      },
    };
  },
});

const endOf = (isExcused: boolean) =>
  isExcused
    ? { zh: '；已在 24 小时内补派车单', en: '; a slip was filed within 24 hours' }
    : { zh: '；24 小时内未补派车单', en: '; no slip was filed within 24 hours' };
