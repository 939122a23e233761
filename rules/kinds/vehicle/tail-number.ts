import { z } from 'zod';
import { localTime } from '../../../model/time.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { amount, clock } from '../../words/units.ts';
import { dayWords } from '../../words/vehicle.ts';

const digits = z.array(z.int().min(0).max(9)).max(10);

const params = z.strictObject({
  /** Last digits that stay parked, Monday to Friday. */
  weekdays: z.tuple([digits, digits, digits, digits, digits]).default([
    [1, 6],
    [2, 7],
    [3, 8],
    [4, 9],
    [5, 0],
  ]),
  /** Plates that end in a letter: by their last digit, or as 0. */
  letterAs: z.enum(['last-digit', 'zero']).default('last-digit'),
  /** Whether a weekend day that is worked counts, as a Friday; else it is free. */
  onTransferWorkdays: z.boolean().default(false),
  minKm: z.number().min(0).max(100).default(1),
  enterS: z.number().min(0).max(3600).default(120),
  enterFixes: z.int().min(1).max(1000).default(3),
  leaveS: z.number().min(0).max(3600).default(0),
  leaveFixes: z.int().min(1).max(100).default(1),
  exemptClasses: z
    .array(z.string())
    .default(['courier', 'emergency', 'law-enforcement', 'special']),
});

type Params = z.output<typeof params>;

function tailOf(plate: string, letterAs: Params['letterAs']): number | undefined {
  if (letterAs === 'zero' && /[A-Z]$/i.test(plate)) return 0;
  const digit = /(\d)\D*$/.exec(plate)?.[1];
  return digit === undefined ? undefined : Number(digit);
}

/** Digits that stay parked on the day; of days off, none. */
function digitsOf({ day, fix, subject, params }: Sight<Params>): readonly number[] {
  const { weekday } = localTime(fix.at, subject.institution.timeZone);
  if (day?.kind === 'workday') return params.weekdays[Math.min(weekday, 5) - 1] ?? [];
  if (day?.kind !== 'transfer-workday' || !params.onTransferWorkdays) return [];
  return params.weekdays[4];
}

/** Driven on the weekday on which its last digit is to stay parked. Cities differ: only where an instance switches it on. */
export const tailNumber = vehicleKind<Params, string | null>({
  kind: 'vehicle.tail-number',
  version: 1,
  title: { zh: '尾号停驶日用车', en: 'Driven on its plate’s day off' },
  description: {
    zh: '车牌尾号当日停驶而车辆出行；各地规定不同，须由规则实例启用。',
    en: 'Driven on the weekday on which plates with its last digit stay parked; switched on by an instance, as cities differ.',
  },
  severity: 'warning',
  params,
  value: 'distanceKm',
  memory: null,
  byCalendar: true,
  onlyByInstance: true,
  see(memory, sight) {
    const { fix, motion, subject, params: asked } = sight;
    const { at, lat, lon } = fix;
    const { date } = localTime(at, subject.institution.timeZone);
    const { trip } = motion;
    // One alert for a day, however many trips.
    if (memory !== null && memory !== date)
      return { memory: null, seen: { at, lat, lon, so: false, value: 0 } };
    const tail = tailOf(subject.vehicle.plate, asked.letterAs);
    const isFree =
      tail === undefined ||
      asked.exemptClasses.includes(subject.vehicle.class) ||
      !digitsOf(sight).includes(tail);
    if (
      isFree ||
      !trip ||
      motion.mark !== 'good' ||
      motion.standing ||
      trip.distanceKm < asked.minKm
    )
      return { memory };
    const value = trip.distanceKm;
    return { memory: date, seen: { at, lat, lon, so: true, value, about: date } };
  },
  tell({ spell, subject, day, memory, params: asked }) {
    const { vehicle, institution } = subject;
    const since = clock(spell.since, institution.timeZone);
    const tail = tailOf(vehicle.plate, asked.letterAs);
    const what = day ? dayWords(day) : { zh: '', en: '' };
    const km = amount(spell.worst);
    return {
      summary: {
        zh: `${vehicle.plate}（尾号 ${tail}）在停驶日 ${since}（${what.zh}）出行 ${km} 公里`,
        en: `${vehicle.plate} (last digit ${tail}) driven ${km} km on its day off, ${since} (${what.en})`,
      },
      method: {
        zh: `周一至周五停驶尾号依次为 ${asked.weekdays.map((each) => each.join('、')).join('；')}；节假日和周末不限行，调休工作日${asked.onTransferWorkdays ? '按周五' : '不限行'}。行程达 ${asked.minKm} 公里即告警，每日一条。`,
        en: `Last digits that stay parked Monday to Friday: ${asked.weekdays.map((each) => each.join(' and ')).join('; ')}; none on days off, on transfer workdays ${asked.onTransferWorkdays ? 'as on Friday' : 'none'}. Raised once a trip has ${asked.minKm} km, once a day.`,
      },
      expected: { weekdays: asked.weekdays, distanceKm: 0 },
      context: { day, date: spell.about ?? memory, tail },
    };
  },
});
