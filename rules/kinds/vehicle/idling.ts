import { z } from 'zod';
import { beginOf } from '../../shared/spell.ts';
import { vehicleKind } from '../../shared/vehicle-kind.ts';
import { clock, duration } from '../../words/units.ts';
import { whereWords } from '../../words/vehicle.ts';

const params = z.strictObject({
  enterS: z.number().min(60).max(86_400).default(900),
  enterFixes: z.int().min(1).max(1000).default(3),
  leaveS: z.number().min(0).max(3600).default(30),
  leaveFixes: z.int().min(1).max(100).default(2),
  maxSpeedKmh: z.number().min(0).max(10).default(1),
  /** Classes whose equipment needs the engine. */
  exemptClasses: z.array(z.string()).default(['emergency', 'law-enforcement', 'special']),
});

type Params = z.output<typeof params>;

/** Ignition on and no way made, for a quarter of an hour: an engine that runs for nothing. Of battery vehicles nothing is said. */
export const idling = vehicleKind<Params, null>({
  kind: 'vehicle.idling',
  version: 3,
  title: { zh: '长时间怠速', en: 'Long idling' },
  description: {
    zh: '车辆点火后长时间原地不动。',
    en: 'A vehicle stands with its ignition on for long.',
  },
  severity: 'info',
  params,
  value: 'speedKmh',
  memory: null,
  appliesTo: ({ fuel }) => fuel !== 'electric',
  see(memory, { fix, motion, subject, params: { exemptClasses, maxSpeedKmh } }) {
    if (fix.acc === undefined || exemptClasses.includes(subject.vehicle.class)) return { memory };
    if (fix.acc && (motion.mark === 'waiting' || motion.mark === 'jump')) return { memory };
    // A receiver that lost its position says 0 km/h of a vehicle that drives.
    if (fix.acc && !fix.fixed) return { memory };
    const speedKmh = fix.speedKmh ?? 0;
    const rests = motion.standing || motion.rest !== null;
    const so = fix.acc && rests && speedKmh <= maxSpeedKmh;
    const { at, lat, lon } = fix;
    return { memory, seen: { at, lat, lon, so, value: speedKmh } };
  },
  tell({ spell, subject, fix, around, params: { enterS, maxSpeedKmh } }) {
    const { vehicle, institution } = subject;
    const long = duration(spell.lastAt - spell.since);
    const since = clock(spell.since, institution.timeZone);
    const where = whereWords(beginOf(spell, fix), spell.places, around);
    return {
      summary: {
        zh: `${vehicle.plate} 自 ${since} 怠速 ${long.zh}，${where.zh}`,
        en: `${vehicle.plate} idling for ${long.en} since ${since}, ${where.en}`,
      },
      method: {
        zh: `点火且速度不超过 ${maxSpeedKmh} km/h、位置未移动，持续 ${duration(enterS * 1000).zh}即告警；行驶或熄火即解除。执法、应急、特种专业车辆和纯电动车不判断。`,
        en: `Ignition on, at most ${maxSpeedKmh} km/h and no way made for ${duration(enterS * 1000).en}; over when it drives or is switched off. Law enforcement, emergency and special vehicles and battery vehicles are not judged.`,
      },
      expected: { idlingS: enterS },
    };
  },
});
