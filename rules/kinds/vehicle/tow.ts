import { z } from 'zod';
import { distanceM } from '../../../fleet/geo.ts';
import { dayMs, minuteMs } from '../../../model/time.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { clock, distance } from '../../words/units.ts';
import { whereWords } from '../../words/vehicle.ts';

const params = z.strictObject({
  /** From where it stood to where it stands now. */
  movedM: z.number().min(50).max(100_000).default(200),
  /** While it is still under way: scatter between houses reaches 300 m. */
  farM: z.number().min(50).max(100_000).default(500),
  enterS: z.number().min(0).max(86_400).default(60),
  enterFixes: z.int().min(1).max(100).default(3),
  leaveS: z.number().min(0).max(86_400).default(0),
  leaveFixes: z.int().min(1).max(100).default(1),
  /** An ignition not seen on for so long may not be connected. */
  wiredDays: z.number().min(1).max(365).default(14),
});

type Params = z.output<typeof params>;

interface Memory {
  /** Day on which the ignition was on last, days since 1970. */
  readonly onDay: number;
  /** Where it was switched off. */
  readonly at: readonly [lat: number, lon: number, at: number] | null;
}

const settledMs = 10 * minuteMs;

/** Ignition off, and where it was switched off is known. */
function seeOff(memory: Memory & { readonly at: NonNullable<Memory['at']> }, sight: Sight<Params>) {
  const { fix, motion, params: asked } = sight;
  const { at, lat, lon } = fix;
  const { rest } = motion;
  const calm = { at, lat, lon, so: false, value: 0 };
  const from = { lat: memory.at[0], lon: memory.at[1] };
  // The rest in which it was switched off: its mean is better than any one fix.
  if (rest !== null && rest.since - memory.at[2] < settledMs && at - memory.at[2] < settledMs) {
    const isNear = distanceM(from, rest) < asked.farM;
    if (isNear)
      return { memory: { ...memory, at: [rest.lat, rest.lon, memory.at[2]] as const }, seen: calm };
  }
  // A rest that is older than that is not yet the one it has come to.
  const stands = rest !== null && rest.since >= memory.at[2] && at - rest.since >= settledMs;
  const metres = distanceM(from, stands ? rest : fix);
  if (!stands)
    return metres > asked.farM
      ? { memory, seen: { ...calm, so: true, value: metres } }
      : { memory };
  if (metres <= asked.movedM) return { memory, seen: calm };
  // Told once where it has come to; from then on that is where it stands.
  const moved = { ...memory, at: [rest.lat, rest.lon, rest.since] as const };
  return { memory: moved, seen: { ...calm, so: true, certain: true as const, value: metres } };
}

/** Moved with its ignition off: on a lorry, a trailer or by a thief. */
export const tow = vehicleKind<Params, Memory | null>({
  kind: 'vehicle.tow',
  version: 2,
  title: { zh: '熄火移动', en: 'Moved with ignition off' },
  description: {
    zh: '车辆熄火后被移动：拖车、运载或被盗。',
    en: 'A vehicle was moved with its ignition off: towed, carried or stolen.',
  },
  severity: 'critical',
  params,
  value: 'movedM',
  memory: null,
  see(memory, sight) {
    const { fix, motion, params: asked } = sight;
    const { at, lat, lon, acc } = fix;
    if (acc === undefined) return { memory };
    const calm = { at, lat, lon, so: false, value: 0 };
    const onDay = Math.floor(at / dayMs);
    if (acc) {
      const isKnown = memory?.onDay === onDay && memory.at === null;
      return { memory: isKnown ? memory : { onDay, at: null }, seen: calm };
    }
    if (!memory || onDay - memory.onDay > asked.wiredDays) return { memory: null, seen: calm };
    if (motion.mark !== 'good') return { memory };
    const { at: place } = memory;
    return place === null
      ? { memory: { ...memory, at: [lat, lon, at] } }
      : seeOff({ ...memory, at: place }, sight);
  },
  tell({ spell, subject, around, fix, motion, params: asked }) {
    const { vehicle, institution } = subject;
    const since = clock(spell.since, institution.timeZone);
    const far = distance(spell.worst);
    const where = whereWords(motion.rest ?? fix, motion.at, around);
    return {
      summary: {
        zh: `${vehicle.plate} 自 ${since} 熄火状态下被移动 ${far.zh}，现${where.zh}`,
        en: `${vehicle.plate} moved ${far.en} with its ignition off since ${since}, now ${where.en}`,
      },
      method: {
        zh: `熄火后与停车位置比较：移动途中超过 ${asked.farM} 米达 ${asked.enterFixes} 点、${asked.enterS} 秒，或停稳后相距超过 ${asked.movedM} 米即告警。跳点、漂移、启动散点不计；${asked.wiredDays} 天内从未点火的终端视为点火线未接，不判断。`,
        en: `Compared with where it was switched off: more than ${asked.farM} m away under way in ${asked.enterFixes} fixes over ${asked.enterS} s, or at rest more than ${asked.movedM} m away. Jumps, drift and start-up scatter do not count; a terminal whose ignition was not on for ${asked.wiredDays} days may not be wired, and is not judged.`,
      },
      expected: { movedM: asked.movedM, acc: false },
    };
  },
});
