import { offsetFrom } from '../../fleet/corridor.ts';
import { type AlarmPlace, unpackAlarmPlace } from '../../model/alarm-place.ts';
import type { Finding, Text } from '../../model/alert.ts';
import type { Institution, Vehicle } from '../../model/entities.ts';
import { alarmBits } from '../../model/terminal-alarms.ts';
import { secondMs } from '../../model/time.ts';
import type { Surroundings } from '../rule.ts';
import type { Hold, HoldLimits } from '../shared/hold.ts';
import type { TerminalAlarm } from '../shared/terminal-alarm-table.ts';
import { toContext } from './excursion.ts';
import { amount, clock, duration } from './units.ts';

export interface ToldAlarm {
  readonly change: Finding['change'];
  readonly hold: Hold;
  /** `at` of the report that decided; of a clear, of the first report without the alarm. */
  readonly at: number;
  readonly alarm: TerminalAlarm;
  readonly vehicle: Vehicle;
  readonly institution: Institution;
  readonly params: HoldLimits;
  readonly around: Surroundings;
}

/** What a dispatcher needs to check an alarm of a terminal. */
export function explainTerminalAlarm(told: ToldAlarm): Finding {
  const { change, hold, at, alarm, vehicle } = told;
  const place = hold.place === null ? undefined : unpackAlarmPlace(hold.place);
  const to = hold.calmSince ?? hold.lastAt;
  return {
    change,
    subject: { type: 'vehicle', id: vehicle.id },
    at,
    severity: alarm.severity,
    summary: toSummary(told, place),
    evidence: {
      from: hold.since,
      to,
      flagged: hold.track.map(([fixAt]) => fixAt),
      observed: {
        alarmBits: alarmBits(hold.bits),
        reports: hold.reports,
        secondsHeld: Math.round((to - hold.since) / secondMs),
        ...(hold.fastestKmh !== null && { maxSpeedKmh: hold.fastestKmh }),
        ...(place && toPlace(told, place)),
        track: hold.track.map(([fixAt, lat, lon, speedKmh]) => ({ at: fixAt, lat, lon, speedKmh })),
      },
      expected: { alarmBits: [] },
      method: toMethod(told),
      context: toSurrounding(told),
      quality: { reportsWithoutPosition: hold.unplaced, everyNthFix: hold.stride },
    },
  };
}

const toPlace = ({ alarm }: ToldAlarm, { kind, number, leaving }: AlarmPlace) => ({
  place: kind,
  placeNumber: number,
  ...(isCrossing(alarm) && { leaving }),
});

const isCrossing = ({ about }: TerminalAlarm): boolean => about === 'area' || about === 'route';

/** Who drives, and whether the car stands where it belongs. */
function toSurrounding({ hold, vehicle, around }: ToldAlarm): Finding['evidence']['context'] {
  const dispatches = around.dispatches(vehicle.id, hold.since).map(toContext);
  const parking = vehicle.parking === undefined ? undefined : around.place(vehicle.parking);
  const [, lat, lon] = hold.track.at(-1) ?? [];
  if (!parking || lat === undefined || lon === undefined) return { dispatches };
  const { inside } = offsetFrom({ strands: [], free: [parking] }, { lat, lon });
  return { dispatches, parking: parking.name, isAtParking: inside };
}

const kindWords: Readonly<Record<AlarmPlace['kind'], Text>> = {
  circle: { zh: '圆形区域', en: 'circular area' },
  rectangle: { zh: '矩形区域', en: 'rectangular area' },
  polygon: { zh: '多边形区域', en: 'polygonal area' },
  route: { zh: '路线', en: 'route' },
};

function wordsOf({ kind, number }: AlarmPlace): Text {
  const { zh, en } = kindWords[kind];
  return { zh: `${zh} ${number}`, en: `${en} ${number}` };
}

/** How fast it was, and where the limit holds, as far as the terminal says so. */
function overspeed({ alarm, hold }: ToldAlarm, place: AlarmPlace | undefined): Text {
  const { says } = alarm;
  const where = place && wordsOf(place);
  const fastest = hold.fastestKmh === null ? undefined : `${amount(hold.fastestKmh)} km/h`;
  return {
    zh: `${says.zh}${where ? `（${where.zh}）` : ''}${fastest ? `，最高 ${fastest}` : ''}`,
    en: `${says.en}${where ? ` (${where.en})` : ''}${fastest ? `, up to ${fastest}` : ''}`,
  };
}

function crossing({ alarm }: ToldAlarm, place: AlarmPlace | undefined): Text {
  if (!place) return alarm.says;
  const { zh, en } = wordsOf(place);
  return place.leaving
    ? { zh: `驶出${zh}`, en: `left ${en}` }
    : { zh: `驶入${zh}`, en: `entered ${en}` };
}

/** Shorter than this an alarm has no duration worth telling. */
const shortestTold = 2 * secondMs;

function toSummary(told: ToldAlarm, place: AlarmPlace | undefined): Finding['summary'] {
  const { hold, vehicle, institution } = told;
  const since = clock(hold.since, institution.timeZone);
  if (isCrossing(told.alarm)) {
    const what = crossing(told, place);
    return {
      zh: `${vehicle.plate} ${since} ${what.zh}`,
      en: `${vehicle.plate}: ${what.en} at ${since}`,
    };
  }
  const what = told.alarm.about === 'overspeed' ? overspeed(told, place) : told.alarm.says;
  const heldMs = (hold.calmSince ?? hold.lastAt) - hold.since;
  const long = heldMs >= shortestTold ? duration(heldMs) : undefined;
  return {
    zh: `${vehicle.plate} ${since} 起${what.zh}${long ? `，已 ${long.zh}` : ''}`,
    en: `${vehicle.plate}: ${what.en} since ${since}${long ? `, for ${long.en}` : ''}`,
  };
}

function toMethod({ alarm, params }: ToldAlarm): Finding['evidence']['method'] {
  const { minS, clearFixes, clearS } = params;
  const bits = alarm.bits.join(', ');
  const held = minS > 0;
  return {
    zh: `终端在位置汇报中带报警标志（JT/T 808-2019 表 25 第 ${bits} 位）${held ? `达 ${minS} 秒` : ''}即告警，期间重复上报仍是同一次；连续 ${clearFixes} 次汇报不带，或末次带标志 ${clearS} 秒以后的汇报不带，即解除，以第一次不带标志的汇报为解除时间。${alarm.ignitionOnly ? '熄火时不计，以免把地下车库当成故障。' : ''}`,
    en: `The terminal sets an alarm flag (JT/T 808-2019 table 25, bit ${bits}) in its reports${held ? ` for ${minS} s` : ''}; repeated, it is still one. Over after ${clearFixes} reports running without it, or one that comes ${clearS} s or more after the last with it, as of the first report without it.${alarm.ignitionOnly ? ' Not counted while the ignition is off, where an underground garage looks like a fault.' : ''}`,
  };
}
