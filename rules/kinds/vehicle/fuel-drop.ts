import { z } from 'zod';
import { changeL, followTank, median, missTank, type Tank } from '../../../fleet/fuel.ts';
import type { Fix } from '../../../model/observation.ts';
import { dayMs } from '../../../model/time.ts';
import type { Motion } from '../../rule.ts';
import { isUnseen } from '../../shared/rest.ts';
import { beginOf } from '../../shared/spell.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { amount, clock } from '../../words/units.ts';
import { whereWords } from '../../words/vehicle.ts';

const params = z.strictObject({
  /** Missing at once while it stands; and at least so much of the tank. */
  dropL: z.number().min(1).max(1000).default(5),
  dropPercent: z.number().min(0).max(100).default(8),
  /** A little each time, added up over days. */
  slowL: z.number().min(1).max(1000).default(12),
  slowDays: z.number().min(1).max(60).default(10),
  enterS: z.number().min(0).max(86_400).default(60),
  enterFixes: z.int().min(1).max(100).default(2),
  leaveS: z.number().min(0).max(86_400).default(0),
  leaveFixes: z.int().min(1).max(100).default(2),
});

type Params = z.output<typeof params>;

/** What went missing in the rests that ended on a day; `since` is the end of the first. */
type Loss = readonly [since: number, litres: number, rests: number];

interface Memory {
  /** Null where nothing is known since it may have been driven unseen. */
  readonly tank: Tank | null;
  /** Gone while it stood, day by day; what sensors say by mistake goes both ways and adds up to nothing. */
  readonly losses: readonly Loss[];
  /** Since when enough for one time is missing, and the levels that say so; null while it is not. */
  readonly missing: Missing | null;
}

type Missing = readonly [at: number, wasL: number, isL: number];

/** Where the registry does not say. */
const tankLDefault = 60;
/** One rest's change below this is the sensor. */
const noiseL = 0.8;
const restsWanted = 3;

const leastOf = ({ subject: { vehicle }, params }: Sight<Params>): number =>
  Math.max(params.dropL, ((vehicle.tankL ?? tankLDefault) * params.dropPercent) / 100);

/** A rest is over: what went missing in it without being told is added up. */
function closeRest(losses: readonly Loss[], changed: number, at: number, days: number) {
  const kept = losses.filter((loss) => loss[0] > at - days * dayMs);
  const last = kept.at(-1);
  const isToday = last && Math.floor(last[0] / dayMs) === Math.floor(at / dayMs);
  const [since, litres, rests] = isToday ? last : [at, 0, 0];
  const loss: Loss = [since, Math.round((litres - changed) * 10) / 10, rests + 1];
  return [...(isToday ? kept.slice(0, -1) : kept), loss];
}

const sumOf = (losses: readonly Loss[], part: 1 | 2): number =>
  losses.reduce((sum, loss) => sum + loss[part], 0);

/** Nobody knows of a fix that waits for its receiver to settle, nor of one without a position, whether it stands. */
const isDoubtful = ({ fixed, acc }: Fix, { mark }: Motion): boolean =>
  mark === 'waiting' || (!fixed && acc !== false);

/** It has left: what is missing is known for certain by now, or is little enough to be added up. */
function leave(memory: Memory, changed: number, sight: Sight<Params>) {
  const { fix, params: asked } = sight;
  const { at, lat, lon } = fix;
  const calm = { at, lat, lon, so: false, value: 0 };
  const next = { ...memory, missing: null };
  if (-changed >= leastOf(sight)) {
    const since = memory.missing?.[0] ?? at;
    const seen = { ...calm, so: true, value: -changed, about: 'at-once', since };
    return { memory, seen: { ...seen, certain: true } as const };
  }
  // What rose by more was refuelled.
  if (Math.abs(changed) < noiseL || changed >= leastOf(sight)) return { memory: next, seen: calm };
  const losses = closeRest(memory.losses, changed, at, asked.slowDays);
  const litres = sumOf(losses, 1);
  if (sumOf(losses, 2) < restsWanted || litres < asked.slowL)
    return { memory: { ...next, losses }, seen: calm };
  const since = losses[0]?.[0] ?? at;
  const seen = { ...calm, so: true, value: litres, about: 'slow', since };
  return { memory: { ...next, losses: [] }, seen: { ...seen, certain: true } as const };
}

/** Fuel goes missing while a vehicle stands: at once, or a little each time. */
export const fuelDrop = vehicleKind<Params, Memory | null>({
  kind: 'vehicle.fuel-drop',
  version: 3,
  title: { zh: '停车油量减少', en: 'Fuel lost while parked' },
  description: {
    zh: '停车期间油量明显减少，或多次停车每次少量减少，疑似被盗油。',
    en: 'Fuel goes missing while parked, at once or a little each time: suspected theft.',
  },
  severity: 'warning',
  params,
  value: 'missingL',
  memory: null,
  appliesTo: ({ fuel }) => fuel !== 'electric',
  see(memory, sight) {
    const { fix, motion } = sight;
    const { at, lat, lon, fuelL, acc } = fix;
    if (fuelL === undefined || fuelL <= 0) return { memory };
    // At a position that is stuck it drives all the same.
    if (isUnseen(fix, motion))
      return { memory: memory && { ...memory, tank: missTank(memory.tank) } };
    if (isDoubtful(fix, motion)) return { memory };
    const restSince = motion.rest?.since ?? null;
    const before = memory?.tank ?? null;
    const tank = followTank(before, { at, levelL: fuelL, restSince, acc });
    const next = { losses: [], missing: null, ...memory, tank };
    if (restSince === null) return leave(next, (before && changeL(before)) ?? 0, sight);
    const changed = changeL(tank);
    if (changed === undefined) return { memory: next };
    const calm = { at, lat, lon, so: false, value: 0 };
    if (-changed < leastOf(sight)) return { memory: { ...next, missing: null }, seen: calm };
    const since = next.missing?.[0] ?? at;
    const seen = { ...calm, so: true, value: -changed, about: 'at-once', since };
    const missing = [since, median(tank.base) ?? 0, median(tank.recent) ?? 0] as const;
    return { memory: { ...next, missing }, seen };
  },
  tell({ spell, memory, subject, around, fix, params: asked }) {
    const { vehicle, institution } = subject;
    const since = clock(spell.since, institution.timeZone);
    const litres = amount(spell.worst);
    const where = whereWords(beginOf(spell, fix), spell.places, around);
    const isSlow = spell.about === 'slow';
    const [, levelBeforeL, levelL] = (!isSlow && memory?.missing) || [];
    return {
      summary: isSlow
        ? {
            zh: `${vehicle.plate} 自 ${since} 多次停车共少油 ${litres} 升，疑似逐次盗油`,
            en: `${vehicle.plate}: ${litres} L missing over several stops since ${since}, suspected slow theft`,
          }
        : {
            zh: `${vehicle.plate} ${since} 停车时油量减少 ${litres} 升，${where.zh}`,
            en: `${vehicle.plate}: ${litres} L of fuel missing while parked, ${since}, ${where.en}`,
          },
      method: {
        zh: `比较同一次停车开始与其后的油位中值（各 3 次），扣除怠速可能消耗（每小时 3 升）；同一位置比较，坡道和晃动不影响。减少达 ${asked.dropL} 升且达油箱的 ${asked.dropPercent}% 即告警；${asked.slowDays} 天内多次停车的净减少累计达 ${asked.slowL} 升也告警（传感器误差正负相抵）。`,
        en: `Medians of three levels at the beginning of a stop and after it, less what idling may burn (3 L/h); within one stop, so that slopes and sloshing do not count. Raised for ${asked.dropL} L and ${asked.dropPercent} % of the tank; and where the net loss over several stops within ${asked.slowDays} days adds up to ${asked.slowL} L (errors of the gauge go both ways).`,
      },
      observed: { levelBeforeL, levelL },
      expected: { missingL: 0, tankL: vehicle.tankL },
    };
  },
});
