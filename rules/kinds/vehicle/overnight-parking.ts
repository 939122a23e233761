import { z } from 'zod';
import { distanceM } from '../../../fleet/geo.ts';
import { isInAny } from '../../../fleet/within.ts';
import { minutesOf } from '../../../model/office-hours.ts';
import { dayMs, localTime, minuteMs, shiftDay, startOfDay } from '../../../model/time.ts';
import { orderContext, ordersAt } from '../../shared/orders.ts';
import { isAtRest } from '../../shared/rest.ts';
import { beginOf } from '../../shared/spell.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { clock, duration } from '../../words/units.ts';
import { isAtKind, middleOf, whereWords } from '../../words/vehicle.ts';

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/);

const params = z.strictObject({
  /** The night; `toTime` is of the next day. */
  fromTime: timeOfDay.default('22:00'),
  toTime: timeOfDay.default('06:00'),
  /** Standing elsewhere for so long of it. */
  enterS: z.number().min(0).max(86_400).default(7200),
  enterFixes: z.int().min(1).max(100).default(1),
  leaveS: z.number().min(0).max(86_400).default(0),
  leaveFixes: z.int().min(1).max(100).default(1),
  /** Any place of kind parking or repair will do, not only the vehicle's own. */
  anyParking: z.boolean().default(true),
  /** Further places where it may stay. */
  alsoAt: z.array(z.string()).max(100).default([]),
  earlyMinutes: z.number().min(0).max(1440).default(60),
  lateMinutes: z.number().min(0).max(1440).default(120),
  exemptClasses: z.array(z.string()).default(['emergency', 'law-enforcement']),
});

type Params = z.output<typeof params>;

interface Night {
  readonly date: string;
  readonly from: number;
  readonly to: number;
}

/** The night that is, or else the last one. */
function nightAt({ fix, subject, params: { fromTime, toTime } }: Sight<Params>): Night {
  const { timeZone } = subject.institution;
  const { date: today, hour, minute } = localTime(fix.at, timeZone);
  const isEvening = hour * 60 + minute >= minutesOf(fromTime);
  const date = isEvening ? today : shiftDay(today, -1);
  const midnight = startOfDay(date, timeZone);
  const from = midnight + minutesOf(fromTime) * minuteMs;
  return { date, from, to: midnight + dayMs + minutesOf(toTime) * minuteMs };
}

interface Memory {
  /** The last night that was told. */
  readonly told: string | null;
  /** The last fix with a position by which it stood, and for how long of the night it was seen so. */
  readonly seenAt: number;
  readonly seenMs: number;
}

const none: Memory = { told: null, seenAt: 0, seenMs: 0 };
/** Seen before and after a longer silence, it may not have been there meanwhile, or not where it seemed. */
const silenceMs = 60 * minuteMs;

/** Within this of a garage the sky is gone. */
const garageM = 150;

/** One more fix by which it stands. */
function look(memory: Memory, at: number, since: number): Memory {
  const seenMs = memory.seenAt >= since ? memory.seenMs : 0;
  const stepMs = at - Math.max(since, memory.seenAt);
  return { ...memory, seenAt: at, seenMs: seenMs + (stepMs <= silenceMs ? stepMs : 0) };
}

/** Who came in near the edge of its parking place, and was not seen until the morning, stands in the basement. */
function isNearHome({ motion, subject, around }: Sight<Params>): boolean {
  const { parking: id } = subject.vehicle;
  const parking = id === undefined ? undefined : around.place(id);
  if (!parking || !motion.rest) return false;
  return (
    distanceM(motion.rest, middleOf(parking)) <= (parking.circle?.radiusM ?? garageM) + garageM
  );
}

function isAllowed({ fix, motion, subject, around, params: asked }: Sight<Params>, since: number) {
  const { vehicle } = subject;
  const { at } = motion;
  const parking = vehicle.parking === undefined ? undefined : around.place(vehicle.parking);
  // Whatever its mean is, by this fix it is there.
  if (parking && isInAny(fix, [parking])) return true;
  return (
    (vehicle.parking !== undefined && at.includes(vehicle.parking)) ||
    asked.alsoAt.some((id) => at.includes(id)) ||
    (asked.anyParking && isAtKind(at, ['parking', 'repair'], around)) ||
    asked.exemptClasses.includes(vehicle.class) ||
    ordersAt(around, vehicle.id, since, asked).length > 0
  );
}

/** A night, or hours of it, somewhere else than at its designated parking place, without an order. */
export const overnightParking = vehicleKind<Params, Memory>({
  kind: 'vehicle.overnight-parking',
  version: 2,
  title: { zh: '未定点停放', en: 'Not parked where designated' },
  description: {
    zh: '车辆夜间未停放在指定地点，且没有派车单。',
    en: 'A vehicle spends the night elsewhere than at its designated place, without an order.',
  },
  severity: 'warning',
  params,
  value: 'parkedH',
  memory: none,
  appliesTo: ({ parking }) => parking !== undefined,
  see(memory, sight) {
    const { fix, motion, params: asked } = sight;
    const { at, lat, lon } = fix;
    const { rest } = motion;
    const night = nightAt(sight);
    const calm = { at, lat, lon, so: false, value: 0, until: Math.min(at, night.to) };
    if (!rest) return motion.mark === 'good' ? { memory, seen: calm } : { memory };
    if (!fix.fixed || !isAtRest(fix, rest)) return { memory };
    const since = Math.max(rest.since, night.from);
    const seen = look(memory, at, since);
    const stoodMs = Math.min(at, night.to) - since;
    const knownMs = isNearHome(sight) ? Math.min(stoodMs, seen.seenMs) : stoodMs;
    if (knownMs < asked.enterS * 1000 || isAllowed(sight, since))
      return { memory: seen, seen: calm };
    const isOver = at >= night.to;
    if (isOver && memory.told === night.date) return { memory: seen, seen: calm };
    const place = { lat: rest.lat, lon: rest.lon };
    const value = stoodMs / 3_600_000;
    const told = {
      ...place,
      at,
      so: true,
      value,
      about: night.date,
      since,
      certain: true,
    } as const;
    return { memory: { ...seen, told: night.date }, seen: told };
  },
  tell({ spell, subject, around, fix, params: asked }) {
    const { vehicle, institution } = subject;
    const since = clock(spell.since, institution.timeZone);
    const where = whereWords(beginOf(spell, fix), spell.places, around);
    const long = duration(spell.worst * 3_600_000);
    const parking = vehicle.parking === undefined ? undefined : around.place(vehicle.parking);
    const name = parking?.name ?? vehicle.parking ?? '';
    const orders = ordersAt(around, vehicle.id, spell.since, asked);
    return {
      summary: {
        zh: `${vehicle.plate} 夜间自 ${since} 未停在“${name}”，停于${where.zh} ${long.zh}`,
        en: `${vehicle.plate} not at "${name}" in the night since ${since}: ${where.en} for ${long.en}`,
      },
      method: {
        zh: `${asked.fromTime} 至次日 ${asked.toTime} 停在指定地点之外累计 ${duration(asked.enterS * 1000).zh}即告警；${asked.anyParking ? '其他停车场、维修点不计；' : ''}有派车单的不告警。位置取停车期间的平均值。驶离或天亮即解除。`,
        en: `Standing elsewhere between ${asked.fromTime} and ${asked.toTime} for ${duration(asked.enterS * 1000).en}${asked.anyParking ? ', other parking and repair places aside' : ''}, without an order. The place is the mean while it stood. Over when it drives off or the night ends.`,
      },
      observed: { ...beginOf(spell, fix), places: spell.places },
      expected: { parking: vehicle.parking, fromTime: asked.fromTime, toTime: asked.toTime },
      context: { night: spell.about, dispatches: orders.map(orderContext) },
    };
  },
});
