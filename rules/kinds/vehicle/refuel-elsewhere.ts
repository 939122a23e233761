import { z } from 'zod';
import { changeL, followTank, median, missTank, type Tank } from '../../../fleet/fuel.ts';
import { distanceM, type Position } from '../../../fleet/geo.ts';
import type { Fix } from '../../../model/observation.ts';
import { minuteMs } from '../../../model/time.ts';
import { isUnseen } from '../../shared/rest.ts';
import { beginOf } from '../../shared/spell.ts';
import { type Sight, vehicleKind } from '../../shared/vehicle-kind.ts';
import { amount, clock } from '../../words/units.ts';
import { isAtKind, middleOf, whereWords } from '../../words/vehicle.ts';

const params = z.strictObject({
  /** Risen while it stands; and at least so much of the tank. */
  riseL: z.number().min(1).max(1000).default(10),
  risePercent: z.number().min(0).max(100).default(15),
  /** Farther from the designated parking place than this no designated station is expected. */
  awayKm: z.number().min(0).max(10_000).default(50),
  enterS: z.number().min(0).max(86_400).default(0),
  enterFixes: z.int().min(1).max(100).default(1),
  leaveS: z.number().min(0).max(86_400).default(0),
  leaveFixes: z.int().min(1).max(100).default(1),
});

type Params = z.output<typeof params>;

interface Memory {
  /** Null where nothing is known since it may have been driven unseen. */
  readonly tank: Tank | null;
  /** Rest in which refuelling was told, or found to be right. */
  readonly seenIn: number | null;
  /** What it came to its last stop with; null once that was told, or found to be right. */
  readonly stop: Stop | null;
}

interface Stop {
  readonly since: number;
  readonly lat: number;
  readonly lon: number;
  readonly levelL: number;
  readonly places: readonly string[];
  /** Levels on the way on. */
  readonly after: readonly number[];
}

/** What it said so long before it stopped is not what it came with. */
const nearMs = 5 * minuteMs;
/** What sloshes is told from what was filled in by so many. */
const afterWanted = 5;

/** The stop goes on, or the way on from it. */
function followStop(memory: Memory | null, { motion, fix }: Sight<Params>): Stop | null {
  const { rest } = motion;
  const stop = memory?.stop ?? null;
  if (!rest) return stop && { ...stop, after: [...stop.after, fix.fuelL ?? 0] };
  const { lat, lon, since } = rest;
  const isNear = memory?.tank?.restSince === null && since - memory.tank.lastAt <= nearMs;
  const came = isNear ? median(memory?.tank?.recent ?? []) : undefined;
  if (came === undefined) return memory?.tank?.restSince === null ? null : stop;
  return { since, lat, lon, levelL: came, places: motion.at, after: [] };
}

const tankLDefault = 60;

function isFar({ subject, around, params: { awayKm } }: Sight<Params>, from: Position): boolean {
  const id = subject.vehicle.parking;
  const place = id === undefined ? undefined : around.place(id);
  return place !== undefined && distanceM(middleOf(place), from) > awayKm * 1000;
}

/** It may be under way though nobody sees it. */
function miss(memory: Memory | null): Memory | null {
  if (!memory?.tank) return memory;
  const tank = missTank(memory.tank);
  return tank ? { ...memory, tank } : { tank, seenIn: null, stop: null };
}

/** Come there unseen, and not seen there either. */
const isLost = (memory: Memory | null, { fixed }: Fix): boolean => !(fixed || memory?.tank);

/** Under way: whether it has more than it came with to a stop that was too short, or too seldom heard, to tell by itself. */
function goOn(memory: Memory, leastL: number, sight: Sight<Params>) {
  const { fix, around } = sight;
  const { stop } = memory;
  const calm = { at: fix.at, lat: fix.lat, lon: fix.lon, so: false, value: 0 };
  if (!stop || stop.after.length < afterWanted) return { memory, seen: calm };
  const risen = (median(stop.after) ?? 0) - stop.levelL;
  const done = { ...memory, stop: null };
  const isRight = isAtKind(stop.places, ['fuel'], around) || isFar(sight, stop);
  if (risen < leastL || isRight) return { memory: done, seen: calm };
  const { lat, lon, since } = stop;
  return { memory: done, seen: { at: fix.at, lat, lon, so: true, value: risen, since } };
}

/** Refuelled elsewhere than at a designated station. Only of institutions that have such places. */
export const refuelElsewhere = vehicleKind<Params, Memory | null>({
  kind: 'vehicle.refuel-elsewhere',
  version: 3,
  title: { zh: '非定点加油', en: 'Refuelled elsewhere' },
  description: {
    zh: '车辆在定点加油站之外加油；仅在已登记加油站的单位判断。',
    en: 'A vehicle was refuelled elsewhere than at a designated station; judged where stations are registered.',
  },
  severity: 'info',
  params,
  value: 'litres',
  memory: null,
  appliesTo: ({ fuel }) => fuel !== 'electric',
  see(memory, sight) {
    const { fix, motion, subject, around, params: asked } = sight;
    const { at, lat, lon, fuelL, acc } = fix;
    const isJudged = around.keeps?.(subject.institution.id, 'fuel-stations') === true;
    if (!isJudged || fuelL === undefined || fuelL <= 0 || motion.mark === 'waiting')
      return { memory };
    if (isUnseen(fix, motion)) return { memory: miss(memory) };
    if (isLost(memory, fix)) return { memory };
    const restSince = motion.rest?.since ?? null;
    const tank = followTank(memory?.tank ?? null, { at, levelL: fuelL, restSince, acc });
    const stop = followStop(memory, sight);
    const seenIn = restSince === null ? null : (memory?.seenIn ?? null);
    const next = { tank, seenIn, stop };
    const calm = { at, lat, lon, so: false, value: 0 };
    const tankL = subject.vehicle.tankL ?? tankLDefault;
    const leastL = Math.max(asked.riseL, (tankL * asked.risePercent) / 100);
    if (restSince === null) return goOn(next, leastL, sight);
    const risen = changeL(tank) ?? 0;
    if (risen < leastL || seenIn === restSince) return { memory: next };
    const isRight = isAtKind(motion.at, ['fuel'], around) || isFar(sight, fix);
    const told = { tank, seenIn: restSince, stop: null };
    if (isRight) return { memory: told };
    return { memory: told, seen: { ...calm, so: true, value: risen, since: restSince } };
  },
  tell({ spell, memory, subject, around, fix, params: asked }) {
    const { vehicle, institution } = subject;
    const since = clock(spell.since, institution.timeZone);
    const litres = amount(spell.worst);
    const where = whereWords(beginOf(spell, fix), spell.places, around);
    return {
      summary: {
        zh: `${vehicle.plate} ${since} 在定点加油站以外加油约 ${litres} 升，${where.zh}`,
        en: `${vehicle.plate} refuelled about ${litres} L elsewhere than at a designated station, ${since}, ${where.en}`,
      },
      method: {
        zh: `同一次停车中油位中值（停车太短时为停车前后行驶中的中值）上升达 ${asked.riseL} 升且达油箱的 ${asked.risePercent}% 视为加油，停车位置不在任何“加油站”类地点内即告警；距指定停车地点 ${asked.awayKm} 公里以外的长途不判断。`,
        en: `The median level rose by ${asked.riseL} L and ${asked.risePercent} % of the tank within one stop (where that is too short, from the way there to the way on), and that was in no place of kind "fuel"; more than ${asked.awayKm} km from the designated parking place no station is expected.`,
      },
      observed: {
        levelBeforeL: median(memory?.tank?.base ?? []),
        levelL: median(memory?.tank?.recent ?? []),
        places: spell.places,
      },
      expected: { placeKind: 'fuel', tankL: vehicle.tankL },
    };
  },
});
