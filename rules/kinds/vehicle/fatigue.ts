import { z } from 'zod';
import { hourMs, minuteMs } from '../../../model/time.ts';
import { orderContext } from '../../shared/orders.ts';
import { vehicleKind } from '../../shared/vehicle-kind.ts';
import { clock, duration } from '../../words/units.ts';

const params = z.strictObject({
  driveHours: z.number().min(0.5).max(24).default(4),
  restMinutes: z.number().min(1).max(240).default(20),
  enterS: z.number().min(0).max(3600).default(0),
  enterFixes: z.int().min(1).max(100).default(2),
  leaveS: z.number().min(0).max(3600).default(0),
  leaveFixes: z.int().min(1).max(100).default(1),
});

type Params = z.output<typeof params>;

/** Driving without a rest that counts. */
interface Drive {
  readonly since: number;
  readonly movedAt: number;
}

/** More than four hours at the wheel without a rest of twenty minutes. Who drives is not known: a change of drivers without a stop is not seen. */
export const fatigue = vehicleKind<Params, Drive | null>({
  kind: 'vehicle.fatigue',
  version: 1,
  title: { zh: '疲劳驾驶', en: 'Driven too long' },
  description: {
    zh: '连续驾驶超过 4 小时未停车休息 20 分钟。',
    en: 'Driven for more than four hours without a rest of twenty minutes.',
  },
  severity: 'warning',
  params,
  value: 'drivenH',
  memory: null,
  see(memory, { fix, motion, params: { driveHours, restMinutes } }) {
    const { at, lat, lon } = fix;
    if (motion.mark !== 'good') return { memory };
    const isRested = memory !== null && at - memory.movedAt >= restMinutes * minuteMs;
    const over = {
      at,
      lat,
      lon,
      so: false,
      value: 0,
      ...(memory && { until: memory.movedAt }),
    };
    const rested = isRested ? over : undefined;
    if (motion.standing || !motion.trip)
      return isRested || memory === null ? { memory: null, seen: rested } : { memory };
    // Whoever was not seen for so long may have rested.
    if (memory === null || isRested) return { memory: { since: at, movedAt: at }, seen: rested };
    const next = { ...memory, movedAt: at };
    const drivenMs = at - memory.since;
    if (drivenMs <= driveHours * hourMs) return { memory: next };
    const value = drivenMs / hourMs;
    return { memory: next, seen: { at, lat, lon, so: true, value, since: memory.since } };
  },
  tell({ spell, subject, around, fix, params: { driveHours, restMinutes } }) {
    const { vehicle, institution } = subject;
    const long = duration(spell.lastAt - spell.since);
    const since = clock(spell.since, institution.timeZone);
    const orders = around.dispatches(vehicle.id, Math.min(spell.lastAt, fix.at));
    const drivers = [...new Set(orders.map(({ driver }) => driver ?? '').filter(Boolean))];
    const who = drivers.length > 0 ? drivers.join('、') : null;
    return {
      summary: {
        zh: `${vehicle.plate}${who ? `（${who}）` : ''} 自 ${since} 连续驾驶 ${long.zh}，未休息满 ${restMinutes} 分钟`,
        en: `${vehicle.plate}${who ? ` (${who})` : ''} driven for ${long.en} since ${since} without ${restMinutes} minutes of rest`,
      },
      method: {
        zh: `自起步起计时，停车满 ${restMinutes} 分钟才算休息；超过 ${driveHours} 小时即告警。${restMinutes} 分钟以上没有定位的时段按已休息处理。驾驶人不明，途中换人无法识别。`,
        en: `Counted from setting off; only a stop of ${restMinutes} minutes is a rest; raised beyond ${driveHours} h. More than ${restMinutes} minutes without fixes are taken for a rest. Who drives is not known: a change of drivers is not seen.`,
      },
      expected: { drivenH: driveHours, restMinutes },
      context: { dispatches: orders.map(orderContext) },
    };
  },
});
