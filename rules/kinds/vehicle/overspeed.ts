import { z } from 'zod';
import { distanceM, nearestOnLine } from '../../../fleet/geo.ts';
import type { Fix } from '../../../model/observation.ts';
import { secondMs } from '../../../model/time.ts';
import { beginOf } from '../../shared/spell.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { amount, clock, duration } from '../../words/units.ts';
import { whereWords } from '../../words/vehicle.ts';

const limit = z.number().min(5).max(200);

const params = z.strictObject({
  /** Where nothing else is said; the motorway limit, since road limits are not known. */
  limitKmh: limit.default(120),
  /** Place → limit within it. */
  places: z.record(z.string(), limit).default({}),
  /** Route → limit of each of its segments, the last one for all that follow; while the vehicle is dispatched on it. */
  routes: z.record(z.string(), z.array(limit).min(1)).default({}),
  overPercent: z.number().min(0).max(50).default(10),
  enterS: z.number().min(0).max(3600).default(20),
  enterFixes: z.int().min(1).max(100).default(2),
  leaveS: z.number().min(0).max(3600).default(30),
  leaveFixes: z.int().min(1).max(100).default(2),
  /** The track must show at least this share of the speed that is said. */
  trackShare: z.number().min(0).max(1).default(0.6),
});

type Params = z.output<typeof params>;

interface Limit {
  readonly kmh: number;
  /** Id of the place or route; empty: the general one. */
  readonly of: string;
}

interface Memory {
  readonly at: number;
  readonly lat: number;
  readonly lon: number;
}

/** A fix longer ago than this says nothing of the speed now. */
const longestStepMs = 60 * secondMs;

const noLimits: readonly Limit[] = [];

/** Of the segments of the dispatched routes that the vehicle is on. */
function routeLimits({ fix, subject, around, params: { routes } }: Sight<Params>) {
  if (Object.keys(routes).length === 0) return noLimits;
  return around.dispatches(subject.vehicle.id, fix.at).flatMap(({ route: id = '' }): Limit[] => {
    const limits = routes[id];
    const route = limits && around.route(id);
    if (!route) return [];
    const { segment, distanceM: awayM } = nearestOnLine(fix, route.line);
    const kmh = limits[Math.min(segment, limits.length - 1)];
    return kmh !== undefined && awayM <= route.widthM ? [{ kmh, of: id }] : [];
  });
}

/** The lowest of those that hold where the vehicle is. */
function limitAt(sight: Sight<Params>): Limit {
  const { limitKmh, places } = sight.params;
  let least: Limit = { kmh: limitKmh, of: '' };
  for (const id of sight.motion.at) {
    const kmh = places[id] ?? Number.POSITIVE_INFINITY;
    if (kmh < least.kmh) least = { kmh, of: id };
  }
  for (const limit of routeLimits(sight)) if (limit.kmh < least.kmh) least = limit;
  return least;
}

/** Whether the way since the fix before bears out the speed that is said. */
function isBorneOut(before: Memory | null, fix: Fix, kmh: number, share: number): boolean {
  if (!before || fix.at - before.at > longestStepMs || fix.at <= before.at) return true;
  const seconds = (fix.at - before.at) / secondMs;
  return (distanceM(before, fix) / seconds) * 3.6 >= share * kmh;
}

/** Faster than allowed, generally, in a place or on a segment of the dispatched route, over several fixes whose track bears it out. */
export const overspeed = vehicleKind<Params, Memory | null>({
  kind: 'vehicle.overspeed',
  version: 1,
  title: { zh: '超速', en: 'Overspeed' },
  description: {
    zh: '车速超过通用限速、地点限速或路线分段限速并持续。',
    en: 'Faster than the general limit, or that of a place or segment of the route, for some time.',
  },
  severity: 'warning',
  params,
  value: 'speedKmh',
  memory: null,
  see(memory, sight) {
    const { fix, motion, params: asked } = sight;
    const { at, lat, lon, speedKmh } = fix;
    if (speedKmh === undefined || motion.mark !== 'good') return { memory };
    const { kmh, of } = limitAt(sight);
    const isFast = speedKmh > kmh * (1 + asked.overPercent / 100);
    // Remembered only from near the limit on: most fixes change nothing.
    const next = speedKmh > 0.8 * kmh ? { at, lat, lon } : null;
    if (isFast && !isBorneOut(memory, fix, speedKmh, asked.trackShare)) return { memory: next };
    return { memory: next, seen: { at, lat, lon, so: isFast, value: speedKmh, about: of } };
  },
  tell(told) {
    const { spell, subject, around, params: asked } = told;
    const { vehicle, institution } = subject;
    const kmh =
      spell.about === null || spell.about === ''
        ? asked.limitKmh
        : (asked.places[spell.about] ??
          Math.min(...(asked.routes[spell.about] ?? [limitAt(told).kmh])));
    const since = clock(spell.since, institution.timeZone);
    const long = duration(spell.lastAt - spell.since);
    const name = spell.about ? (around.place(spell.about) ?? around.route(spell.about))?.name : '';
    const where = name
      ? { zh: `“${name}”`, en: `"${name}"` }
      : whereWords(beginOf(spell, told.fix), [], around);
    return {
      summary: {
        zh: `${vehicle.plate} 自 ${since} 超速 ${long.zh}，最高 ${amount(spell.worst)} km/h（限速 ${kmh}），${where.zh}`,
        en: `${vehicle.plate} too fast for ${long.en} since ${since}: up to ${amount(spell.worst)} km/h (limit ${kmh}), ${where.en}`,
      },
      method: {
        zh: `终端车速超过限速 ${asked.overPercent}% 以上，至少 ${asked.enterFixes} 点、${asked.enterS} 秒，且轨迹位移不低于所报车速的 ${Math.round(asked.trackShare * 100)}%；取所在地点、派车路线分段和通用限速中的最低者。道路限速未知，通用限速按高速公路上限。`,
        en: `The terminal’s speed more than ${asked.overPercent} % above the limit for at least ${asked.enterFixes} fixes and ${asked.enterS} s, the track bearing out at least ${Math.round(asked.trackShare * 100)} % of it; the lowest limit of place, segment of the dispatched route and general. Limits of roads are not known: the general one is that of motorways.`,
      },
      expected: { speedKmh: kmh, overPercent: asked.overPercent },
      context: spell.about ? { limitOf: spell.about } : {},
    };
  },
});
