import { z } from 'zod';
import { officeHoursDefault } from '../../../model/office-hours.ts';
import { localTime } from '../../../model/time.ts';
import { isOffHours } from '../../shared/office-hours.ts';
import { ordersAt } from '../../shared/orders.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { amount, clock } from '../../words/units.ts';
import { dayWords, whereWords } from '../../words/vehicle.ts';

const params = z.strictObject({
  enterS: z.number().min(0).max(86_400).default(600),
  enterFixes: z.int().min(1).max(1000).default(3),
  leaveS: z.number().min(0).max(3600).default(0),
  leaveFixes: z.int().min(1).max(100).default(1),
  /** Before and after office hours, for the way from and to the parking place. */
  graceMinutes: z.number().min(0).max(720).default(30),
  /** An order counts so long before it begins and after it ends. */
  earlyMinutes: z.number().min(0).max(1440).default(30),
  lateMinutes: z.number().min(0).max(1440).default(60),
  /** On a day off a trip of so much is told after two thirds of the time. */
  dayOffKm: z.number().min(0).max(1000).default(2),
  exemptClasses: z.array(z.string()).default(['emergency', 'law-enforcement']),
});

type Params = z.output<typeof params>;

function isOff(
  { day, subject: { institution }, params: { graceMinutes } }: Sight<Params>,
  at: number,
) {
  const { hour, minute } = localTime(at, institution.timeZone);
  const hours = institution.officeHours ?? officeHoursDefault;
  return day !== undefined && isOffHours(day, hour * 60 + minute, hours, graceMinutes);
}

/** A trip outside office hours, or on a day off, that no order covers. */
export const offHours = vehicleKind<Params, null>({
  kind: 'vehicle.off-hours',
  version: 2,
  title: { zh: '非工作时间用车', en: 'Driven outside office hours' },
  description: {
    zh: '在下班时间、周末或节假日行驶，且没有派车单覆盖；按含调休的工作日历判断。',
    en: 'Driven after hours, at a weekend or on a holiday without an order; by the calendar with transfer workdays.',
  },
  severity: 'warning',
  params,
  value: 'distanceKm',
  memory: null,
  byCalendar: true,
  see(memory, sight) {
    const { fix, motion, subject, around, params: asked } = sight;
    const { at, lat, lon } = fix;
    const { trip } = motion;
    if (!trip || asked.exemptClasses.includes(subject.vehicle.class)) {
      const until = motion.ended.at(-1)?.endedAt ?? at;
      return { memory, seen: { at, lat, lon, so: false, value: 0, until } };
    }
    if (motion.mark !== 'good' || motion.standing) return { memory };
    const so = isOff(sight, at) && ordersAt(around, subject.vehicle.id, at, asked).length === 0;
    const isOffFromStart =
      so &&
      isOff(sight, trip.startedAt) &&
      ordersAt(around, subject.vehicle.id, trip.startedAt, asked).length === 0;
    const about = String(trip.startedAt);
    const since = isOffFromStart ? { since: trip.startedAt } : {};
    const isDayOff = sight.day !== undefined && !sight.day.kind.endsWith('workday');
    const isLong =
      trip.distanceKm >= asked.dayOffKm && at - trip.startedAt >= (asked.enterS * 2000) / 3;
    const certain = so && isDayOff && isLong;
    const more = { ...since, ...(certain && { certain: true as const }) };
    return { memory, seen: { at, lat, lon, so, value: trip.distanceKm, about, ...more } };
  },
  tell({ spell, subject, day, around, fix, motion, params: asked }) {
    const { vehicle, institution } = subject;
    const since = clock(spell.since, institution.timeZone);
    const what = day ? dayWords(day) : { zh: '', en: '' };
    const hours = institution.officeHours ?? officeHoursDefault;
    const office = `${hours.from}–${hours.to}`;
    const where = whereWords(motion.trip?.start ?? fix, motion.trip?.start.places ?? [], around);
    const km = amount(spell.worst);
    return {
      summary: {
        zh: `${vehicle.plate} 自 ${since}（${what.zh}）非工作时间行驶 ${km} 公里，无派车单，起点 ${where.zh}`,
        en: `${vehicle.plate} driven ${km} km outside office hours since ${since} (${what.en}) without an order, from ${where.en}`,
      },
      method: {
        zh: `按本单位工作日历（含调休）和办公时间 ${office}（前后各宽限 ${asked.graceMinutes} 分钟）判断；行程中行驶满 ${Math.round(asked.enterS / 60)} 分钟且没有派车单覆盖即告警，行程结束或有派车单即解除。派车单前 ${asked.earlyMinutes} 分钟、后 ${asked.lateMinutes} 分钟内视为覆盖。`,
        en: `By the institution’s calendar (with transfer workdays) and office hours ${office} (${asked.graceMinutes} minutes of grace at both ends); raised after ${Math.round(asked.enterS / 60)} minutes of a trip that no order covers, over when the trip ends or an order covers it. An order covers from ${asked.earlyMinutes} minutes before to ${asked.lateMinutes} minutes after its times.`,
      },
      expected: { officeHours: hours, graceMinutes: asked.graceMinutes },
      context: { day, tripStartedAt: motion.trip?.startedAt, dispatches: [] },
    };
  },
});
