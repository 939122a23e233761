import { z } from 'zod';
import { dayMs, localTime } from '../../../model/time.ts';
import { vehicleKind } from '../../shared/vehicle-kind.ts';
import { clock } from '../../words/units.ts';
import { whereWords } from '../../words/vehicle.ts';

const params = z.strictObject({
  days: z.number().min(1).max(365).default(30),
  /** Shorter trips, such as between bays, are no use. */
  minKm: z.number().min(0).max(100).default(1),
  enterS: z.number().min(0).max(86_400).default(0),
  enterFixes: z.int().min(1).max(100).default(1),
  leaveS: z.number().min(0).max(86_400).default(0),
  leaveFixes: z.int().min(1).max(100).default(1),
  exemptClasses: z.array(z.string()).default(['emergency', 'special']),
});

type Params = z.output<typeof params>;

/** No trip for a month, though its terminal was heard: a candidate for the shared pool. */
export const longIdle = vehicleKind<Params, number | null>({
  kind: 'vehicle.long-idle',
  version: 1,
  title: { zh: '长期闲置', en: 'Long unused' },
  description: {
    zh: '车辆长期没有行程，可调剂入公物仓或共享使用。',
    en: 'A vehicle has had no trip for long: a candidate for the shared pool.',
  },
  severity: 'info',
  params,
  value: 'idleDays',
  memory: null,
  see(usedAt, { fix, motion, subject: { vehicle, institution }, params: asked }) {
    const { at, lat, lon } = fix;
    const used = motion.ended.findLast(({ distanceKm }) => distanceKm >= asked.minKm);
    const isUsed = (motion.trip?.distanceKm ?? 0) >= asked.minKm;
    if (used || isUsed) {
      const until = used?.startedAt ?? motion.trip?.startedAt ?? at;
      const memory = used ? used.endedAt : (usedAt ?? at);
      return { memory, seen: { at, lat, lon, so: false, value: 0, until } };
    }
    // From the first thing that was heard of it.
    if (usedAt === null) return { memory: at };
    if (at - usedAt < asked.days * dayMs) return { memory: usedAt };
    const { date } = localTime(at, institution.timeZone);
    const isSealed = vehicle.sealed.some(({ from, to }) => from <= date && date < to);
    if (isSealed || asked.exemptClasses.includes(vehicle.class)) return { memory: usedAt };
    const value = (at - usedAt) / dayMs;
    return { memory: usedAt, seen: { at, lat, lon, so: true, value, since: usedAt } };
  },
  tell({ spell, subject, around, fix, motion, params: asked }) {
    const { vehicle, institution } = subject;
    const since = clock(spell.since, institution.timeZone);
    const days = Math.floor(spell.worst);
    const where = whereWords(motion.rest ?? fix, motion.at, around);
    return {
      summary: {
        zh: `${vehicle.plate} 已 ${days} 天没有行程（自 ${since}），停于${where.zh}，可考虑调剂`,
        en: `${vehicle.plate} has had no trip for ${days} days (since ${since}), parked ${where.en}: could be shared`,
      },
      method: {
        zh: `自上一次达到 ${asked.minKm} 公里的行程结束（没有则自首次收到数据）起满 ${asked.days} 天没有行程，而终端仍有数据；封存期内及应急、特种车辆不判断。出行即解除。`,
        en: `No trip of ${asked.minKm} km or more for ${asked.days} days since the last one ended (or since it was first heard of), while its terminal was heard; not while sealed, nor for emergency and special vehicles. Over with the next trip.`,
      },
      expected: { idleDays: asked.days },
    };
  },
});
