import { z } from 'zod';
import { minutesOf, officeHoursDefault } from '../../../model/office-hours.ts';
import { dayMs, hourMs, localTime, minuteMs } from '../../../model/time.ts';
import { type GaugeSight, type GaugeTold, gaugeKind } from '../../shared/gauge-kind.ts';
import { type GaugeSeen, isRight } from '../../shared/gauge-spell.ts';
import { amount, clock, duration } from '../../words/units.ts';

const monthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, {
  error: 'want a day of the year such as 06-01',
});
const degrees = z.number().min(-20).max(60);

const params = z.strictObject({
  summerMinC: degrees.default(26),
  winterMaxC: degrees.default(20),
  /** A room sensor measures air, not the set point, and not everywhere the same. */
  toleranceC: z.number().min(0).max(10).default(1),
  /** A degree beyond the tolerance; longer for less. */
  minutes: z.number().min(1).max(1440).default(30),
  /** Of office hours in which it was right again. */
  leaveHours: z.number().min(0.25).max(100).default(8),
  /** MM-DD, both included; a season may go over the new year. */
  summerFrom: monthDay.default('06-01'),
  summerTo: monthDay.default('09-30'),
  winterFrom: monthDay.default('11-15'),
  winterTo: monthDay.default('03-15'),
  /** Without an outdoor temperature a room counts as cooled once it fell so much within three hours. */
  fallC: z.number().min(0.2).max(20).default(1.5),
  /** Kinds of rooms that need another temperature. */
  exemptRooms: z
    .array(z.string())
    .default(['machine-room', 'archive', 'medical', 'laboratory', 'guest']),
});

type Params = z.output<typeof params>;

interface Memory {
  /** Warmest of each of the last hours: its start and °C. */
  readonly warmest: readonly (readonly [start: number, c: number])[];
  /** YYYY-MM-DD on which it last fell fast enough to be cooled, and has not been warm since. */
  readonly cooledOn: string | null;
  /** Measured beside it: Unix ms UTC and °C. */
  readonly outdoor: readonly [at: number, c: number] | null;
}

interface Detail {
  readonly season: 'summer' | 'winter';
  readonly roomC: number;
  readonly outdoorC: number | null;
}

const fallHours = 3;
/** Before this hour it is the night that cools. */
const earliestHour = 5;
/** An outdoor temperature older than this says nothing. */
const outdoorMs = 3 * hourMs;
/** Back by so much within the limit it is right again. */
const returnC = 0.3;
/** Beyond the tolerance by less than a degree it must last longer, up to so many times. */
const mostPatience = 5;
/** So far beyond the limit, tolerance included, it is a warning. */
const graveC = 2;
/** Not so cold outdoors it need not be the heating that warms a room. */
const heatedBelowC = 18;
/** After a day with such a mean rooms are cold in summer because they are cooled, or because it is cold. */
const hotDayC = 28;
const coolDayC = 20;
/** After a day with such a mean, sun and people may warm a room in winter. */
const mildDayC = 14;

/** Whether a day MM-DD lies in a season, which may go over the new year. */
function isWithin(day: string, from: string, to: string): boolean {
  return from <= to ? day >= from && day <= to : day >= from || day <= to;
}

function seasonOf(date: string, asked: Params): Detail['season'] | null {
  const day = date.slice(5);
  if (isWithin(day, asked.summerFrom, asked.summerTo)) return 'summer';
  return isWithin(day, asked.winterFrom, asked.winterTo) ? 'winter' : null;
}

function remember(before: Memory, sight: GaugeSight<Params>): Memory {
  const { sample, subject, params: asked } = sight;
  const { at, values } = sample;
  const outdoorC = values.outdoor_temperature_c;
  const outdoor = outdoorC === undefined ? before.outdoor : ([at, outdoorC] as const);
  const roomC = values.indoor_temperature_c;
  if (roomC === undefined) return outdoor === before.outdoor ? before : { ...before, outdoor };
  const start = Math.floor(at / hourMs) * hourMs;
  const recent = before.warmest.filter(([hour]) => hour > start - (fallHours + 1) * hourMs);
  const last = recent.at(-1);
  const warmest =
    last?.[0] === start
      ? [...recent.slice(0, -1), [start, Math.max(last[1], roomC)] as const]
      : [...recent, [start, roomC] as const];
  const fell = Math.max(...warmest.map(([, c]) => c)) - roomC;
  const { date, hour } = localTime(at, subject.institution.timeZone);
  const isCooled = fell >= asked.fallC && hour >= earliestHour;
  const cooledOn = roomC >= asked.summerMinC ? null : isCooled ? date : before.cooledOn;
  return { warmest, outdoor, cooledOn };
}

/** Mean of the day before outdoors; undefined where no sensor tells it. */
function dayBefore({ sample, subject, around }: GaugeSight<Params>): number | undefined {
  const { date } = localTime(sample.at, subject.institution.timeZone);
  return around.outdoorC?.(subject.institution, Date.parse(date) / dayMs - 1);
}

/** By the sensor itself, °C; null where it has not said it of late. */
const outdoorNow = ({ outdoor }: Memory, at: number): number | null =>
  outdoor !== null && at - outdoor[0] <= outdoorMs ? outdoor[1] : null;

/** Whether it is the air conditioning that makes the room cold, or the heating that makes it warm. */
function isMade(season: Detail['season'], memory: Memory, sight: GaugeSight<Params>): boolean {
  const { date } = localTime(sight.sample.at, sight.subject.institution.timeZone);
  const cooled = memory.cooledOn === date;
  const outdoorC = outdoorNow(memory, sight.sample.at);
  if (outdoorC !== null)
    return season === 'winter' ? outdoorC < heatedBelowC : outdoorC >= sight.params.summerMinC;
  const meanC = dayBefore(sight);
  if (season === 'winter') return meanC === undefined || meanC < mildDayC;
  if (meanC === undefined) return cooled;
  return meanC >= hotDayC || (meanC >= coolDayC && cooled);
}

function isInHours({ sample, subject }: GaugeSight<Params>): boolean {
  const { officeHours = officeHoursDefault, timeZone } = subject.institution;
  const { hour, minute } = localTime(sample.at, timeZone);
  const ofDay = hour * 60 + minute;
  return ofDay >= minutesOf(officeHours.from) && ofDay < minutesOf(officeHours.to);
}

const isOffice = (sight: GaugeSight<Params>): boolean =>
  sight.working?.rest === false && isInHours(sight);

const isExempt = ({ subject, params: asked }: GaugeSight<Params>): boolean =>
  subject.meter.room !== undefined && asked.exemptRooms.includes(subject.meter.room);

function wouldJudge(sight: GaugeSight<Params>): boolean {
  const { sample, subject, params: asked } = sight;
  const { date } = localTime(sample.at, subject.institution.timeZone);
  return !isExempt(sight) && isInHours(sight) && seasonOf(date, asked) !== null;
}

function judge(
  memory: Memory,
  sight: GaugeSight<Params>,
  roomC: number,
): GaugeSeen<Detail> | undefined {
  const { sample, subject, params: asked } = sight;
  const { date } = localTime(sample.at, subject.institution.timeZone);
  const season = seasonOf(date, asked);
  if (season === null || !isOffice(sight)) return undefined;
  const limitC =
    season === 'summer' ? asked.summerMinC - asked.toleranceC : asked.winterMaxC + asked.toleranceC;
  const beyondC = season === 'summer' ? limitC - roomC : roomC - limitC;
  if (beyondC <= 0) return beyondC <= -returnC ? isRight : undefined;
  if (!isMade(season, memory, sight)) return undefined;
  const detail = { season, roomC, outdoorC: outdoorNow(memory, sample.at) };
  const level = beyondC >= graveC ? 1 : 0;
  const enterMs = (asked.minutes * minuteMs) / Math.min(1, Math.max(1 / mostPatience, beyondC));
  return { so: true, value: roomC, worse: beyondC / 10, level, detail, enterMs };
}

function see(before: Memory, sight: GaugeSight<Params>) {
  if (isExempt(sight)) return { memory: before };
  const memory = remember(before, sight);
  const roomC = sight.sample.values.indoor_temperature_c;
  return { memory, seen: roomC === undefined ? undefined : judge(memory, sight, roomC) };
}

function tell({ spell, subject, params: asked }: GaugeTold<Params, Memory, Detail>) {
  const { meter, institution } = subject;
  const { season, roomC, outdoorC } = spell.detail;
  const since = clock(spell.since, institution.timeZone);
  const long = duration(spell.heldMs);
  const isSummer = season === 'summer';
  const wantedC = isSummer ? asked.summerMinC : asked.winterMaxC;
  const { officeHours = officeHoursDefault } = institution;
  const [zh, en] = isSummer
    ? [`夏季不低于 ${wantedC} °C`, `not below ${wantedC} °C in summer`]
    : [`冬季不高于 ${wantedC} °C`, `not above ${wantedC} °C in winter`];
  return {
    summary: {
      zh: `${meter.name}自 ${since} 室内温度偏离控制标准：${amount(roomC)} °C（${zh}），办公时间内累计 ${long.zh}`,
      en: `${meter.name}: room temperature off the standard since ${since}: ${amount(roomC)} °C (${en}), for ${long.en} of office hours`,
    },
    observed: { season, roomTemperatureC: roomC, outdoorTemperatureC: outdoorC },
    expected: {
      [isSummer ? 'lowestC' : 'highestC']: wantedC,
      toleranceC: asked.toleranceC,
    },
    method: {
      zh: `公共建筑空调温度控制标准：夏季（${asked.summerFrom} 至 ${asked.summerTo}）室内不低于 ${asked.summerMinC} °C，冬季（${asked.winterFrom} 至 ${asked.winterTo}）不高于 ${asked.winterMaxC} °C，允许误差 ${asked.toleranceC} °C；只看工作日（含调休）办公时间 ${officeHours.from}–${officeHours.to}，超出允许误差 1 °C 时累计 ${asked.minutes} 分钟即告警，超出越少须越久（最多 ${mostPatience} 倍）。传感器测的是空气温度，不是设定值。夏季：同表测得室外低于 ${asked.summerMinC} °C 时不判断；没有即时室外温度时，前一日室外日均 ${hotDayC} °C 及以上视为空调所致，${coolDayC} °C 以下不判断，其余（或未知）须室温当天在 3 小时内降低 ${asked.fallC} °C 以上。冬季：室外达 ${heatedBelowC} °C 或前一日日均达 ${mildDayC} °C 时不判断。办公时间内恢复累计 ${asked.leaveHours} 小时后解除。`,
      en: `The standard for public buildings: not below ${asked.summerMinC} °C in summer (${asked.summerFrom} to ${asked.summerTo}), not above ${asked.winterMaxC} °C in winter (${asked.winterFrom} to ${asked.winterTo}), tolerance ${asked.toleranceC} °C; on working days (with transfer workdays) in office hours ${officeHours.from}–${officeHours.to} only, told after ${asked.minutes} minutes of them a degree beyond the tolerance, after up to ${mostPatience} times as long for less. The sensor measures air, not the set point. In summer it is not judged with less than ${asked.summerMinC} °C outdoors by the same sensor; where that is not known it is cooling after a day with a mean of ${hotDayC} °C outdoors, is not judged below ${coolDayC} °C, and otherwise, or where no day is known, the room must have fallen that day by ${asked.fallC} °C within three hours. In winter it is not judged with ${heatedBelowC} °C outdoors, or after a mean of ${mildDayC} °C. Over after ${asked.leaveHours} office hours without.`,
    },
    context: {
      ...(meter.room && { room: meter.room }),
      source: '国办发〔2007〕42号',
      verified: false,
    },
  };
}

/** A room is cooled below, or heated above, what public buildings may. */
export const roomTemperature = gaugeKind<Params, Memory, Detail>({
  kind: 'room.temperature',
  version: 1,
  title: { zh: '室内温度偏离控制标准', en: 'Room temperature off the standard' },
  description: {
    zh: '办公时间内夏季室温低于 26 °C、冬季高于 20 °C（含允许误差）并持续。',
    en: 'In office hours a room stays below 26 °C in summer or above 20 °C in winter, beyond the tolerance.',
  },
  params,
  value: 'roomTemperatureC',
  memory: { warmest: [], cooledOn: null, outdoor: null },
  wouldJudge,
  appliesTo: ({ medium, room }) => medium === 'environment' && room !== 'outdoor',
  limits: ({ minutes, leaveHours }) => ({
    enterMs: minutes * minuteMs,
    enterReadings: 2,
    leaveMs: leaveHours * hourMs,
    forgetMs: 240 * hourMs,
  }),
  see,
  tell,
});
