import { z } from 'zod';
import type { CounterLimits } from '../../../energy/counter.ts';
import type { Institution, Meter } from '../../../model/entities.ts';
import type { Medium, Metric } from '../../../model/metrics.ts';
import { counterOf, metricNames } from '../../../model/metrics.ts';
import type { Sample } from '../../../model/observation.ts';
import { dayMs, hourMs, localTime, minuteMs } from '../../../model/time.ts';
import { workingDay } from '../../../model/working-days.ts';
import {
  type MeterSubject,
  noFindings,
  type RuleKind,
  type Step,
  type Surroundings,
} from '../../rule.ts';
import { limitsOf } from '../../shared/limits.ts';
import {
  addCounter,
  addFlow,
  certainlyOwed,
  forgive,
  newStandstill,
  type Standstill,
  unlearn,
} from '../../shared/standstill.ts';
import {
  isUnusual,
  newStillness,
  type Stillness,
  seeHour,
  standsTooLong,
} from '../../shared/stillness.ts';
import { type About, type Cause, type Episode, explainStuck } from '../../words/stuck.ts';

const params = z.strictObject({
  /** Standing at least so long while the meter itself says that something flows. */
  flowingMinutes: z.number().min(5).max(10_080).default(60),
  /** Standing in so many hours in which it always moved. */
  usualHours: z.int().min(2).max(500).default(12),
  /** Days running that an hour must have seen the counter move, to be expected to. */
  usualDays: z.int().min(3).max(9).default(5),
  /** Water used most days, standing so many times longer than ever within two months, */
  restFactor: z.number().min(1).max(20).default(2),
  /** but at least and at most so long. */
  leastRestHours: z.int().min(12).max(500).default(48),
  mostRestHours: z.int().min(24).max(1000).default(120),
  /** Momentary values the same for at least so long. */
  frozenHours: z.number().min(1).max(500).default(4),
  /** And so many times longer than ever before. */
  frozenFactor: z.number().min(1.5).max(100).default(3),
});

type Params = z.output<typeof params>;

/** Momentary values that are never quite the same for long. */
interface Frozen {
  readonly values: Sample['values'];
  readonly since: number;
  readonly newest: number;
  readonly count: number;
  /** Longest time they were the same, and when they were looked at first. */
  readonly longestMs: number;
  readonly firstAt: number;
}

interface State {
  readonly stand: Standstill;
  readonly exported: number | null;
  readonly frozen: Frozen | null;
  /** Only of water. */
  readonly stillness: Stillness | null;
  readonly open: Episode | null;
}

/** What stands so long is what is normal now. */
const adaptMs = 14 * dayMs;
const frozenHistoryMs = 7 * dayMs;
const frozenReadings = 12;
/** Hours of water must have seen it move on all the days that are counted. */
const waterDays = 9;
const toWater = (asked: Params, { medium }: Meter): Params =>
  medium === 'water' ? { ...asked, usualDays: Math.max(asked.usualDays, waterDays) } : asked;

/** One late step is no sign that a counter goes again. */
const calmWanted = 2;
/** Below this share of the rating a meter need not count. */
const leastLoad = 0.005;

/** What says how much flows, and by what it is multiplied to be the counter's unit per hour. */
const flowOf: Readonly<Record<Medium, readonly [metric: Metric, factor: number] | null>> = {
  electricity: ['power_kw', 1],
  water: ['flow_m3h', 1],
  gas: ['flow_m3h', 1],
  heat: ['heat_power_kw', 0.0036],
  environment: null,
};

function kindOfHour(
  start: number,
  institution: Institution,
  { day }: Surroundings,
): number | undefined {
  const { date, hour, weekday } = localTime(start, institution.timeZone);
  const { rest, reason } = workingDay(day, institution, date, weekday);
  // Holidays and vacations are like no other days.
  if (reason === 'statutory-holiday' || reason === 'closure') return undefined;
  return rest ? 24 + hour : hour;
}

function watchCounter(
  state: Pick<State, 'stand' | 'exported'>,
  { at, values }: Sample,
  { meter, institution }: MeterSubject,
  limits: CounterLimits,
  { usualDays }: Params,
  around: Surroundings,
): Pick<State, 'stand' | 'exported'> {
  let { stand, exported } = state;
  const flow = flowOf[meter.medium];
  const flows = flow ? values[flow[0]] : undefined;
  if (flow && flows !== undefined) {
    const isLoad = flows >= leastLoad * (meter.ratedKw ?? 0);
    stand = addFlow(stand, { at, value: isLoad ? flows * flow[1] : 0 }, limits);
  }
  const out = values.energy_export_kwh;
  if (out !== undefined && out !== exported) {
    if (exported !== null) stand = forgive(stand);
    exported = out;
  }
  const metric = counterOf[meter.medium];
  const value = metric === null ? undefined : values[metric];
  if (value !== undefined) {
    const { start, whole } = stand.hour;
    const isOver = whole && at >= start + hourMs;
    const hourKind = isOver ? kindOfHour(start, institution, around) : undefined;
    stand = addCounter(stand, { at, value }, limits, hourKind, usualDays);
  }
  return { stand, exported };
}

/** Gauges that flicker as long as somebody looks at them. */
const lively = metricNames.filter((name) => /^(voltage|frequency|current|power)_/.test(name));

/** Undefined where there is nothing to compare: zeros stay zeros. */
function isSame(before: Sample['values'], now: Sample['values']): boolean | undefined {
  let isAny = false;
  for (const name of lively) {
    const value = now[name];
    if (value === undefined || value === 0) continue;
    if (before[name] !== value) return false;
    isAny = true;
  }
  return isAny ? true : undefined;
}

function watchGauges(frozen: Frozen | null, { at, values }: Sample, forget: boolean): Frozen {
  if (!frozen) return { values, since: at, newest: at, count: 1, longestMs: 0, firstAt: at };
  if (at <= frozen.newest) return frozen;
  const same = isSame(frozen.values, values);
  if (same === undefined) return frozen;
  if (same) return { ...frozen, newest: at, count: frozen.count + 1 };
  const lasted = forget ? 0 : frozen.newest - frozen.since;
  const longestMs = Math.max(frozen.longestMs, lasted);
  return { values, since: at, newest: at, count: 1, longestMs, firstAt: frozen.firstAt };
}

function isFrozen(frozen: Frozen | null, { frozenHours, frozenFactor }: Params): boolean {
  if (!frozen || frozen.count < frozenReadings) return false;
  const lasts = frozen.newest - frozen.since;
  const isKnown = frozen.since - frozen.firstAt >= frozenHistoryMs;
  return isKnown && lasts >= frozenHours * hourMs && lasts >= frozenFactor * frozen.longestMs;
}

/** Heating ends in spring and cooling in autumn: what stands then is not stuck. */
const isSeasonal = ({ medium, subItem }: Meter): boolean =>
  medium === 'heat' || medium === 'gas' || subItem?.startsWith('B') === true;

function watchRests(
  before: Stillness | null,
  { usualHours }: Standstill,
  { meter, institution }: MeterSubject,
  around: Surroundings,
): Stillness | null {
  if (meter.medium !== 'water') return null;
  const isHoliday = (start: number) =>
    around.day(localTime(start, institution.timeZone).date)?.kind === 'statutory-holiday';
  return (around.hours?.closed ?? []).reduce(
    (stillness, hour) => seeHour(stillness, hour, isHoliday(hour.start), usualHours),
    before ?? newStillness,
  );
}

/** Water is drawn at no fixed hours: it may have stood through some of the usual ones before. */
const isUnusualFor = ({ stand, stillness }: State, { medium }: Meter): boolean =>
  medium !== 'water' ||
  (stillness !== null &&
    stand.last !== null &&
    isUnusual(stillness, stand.usualHours, stand.last.at));

function causeOf(state: State, meter: Meter, limits: CounterLimits, asked: Params): Cause | null {
  const { stand, frozen, stillness } = state;
  const { last, since, owed, usualHours } = stand;
  const standsMs = last ? last.at - since : 0;
  const isFlowing = standsMs >= asked.flowingMinutes * minuteMs;
  if (isFlowing && owed >= certainlyOwed(stand, limits)) return 'flowing';
  if (isFrozen(frozen, asked)) return 'frozen';
  if (usualHours >= asked.usualHours && !isSeasonal(meter) && isUnusualFor(state, meter))
    return 'usual';
  return stillness && last && standsTooLong(stillness, last.at, asked) ? 'rest' : null;
}

function toEpisode(cause: Cause, { stand, frozen }: State, before: Episode | null): Episode {
  const from = cause === 'frozen' ? (frozen?.since ?? 0) : stand.since;
  const to = cause === 'frozen' ? (frozen?.newest ?? 0) : (stand.last?.at ?? 0);
  const value = stand.last?.value ?? null;
  const { owed, usualHours } = stand;
  const amendAt = to + Math.max(to - from, hourMs);
  return { cause, from: before?.from ?? from, to, value, owed, usualHours, calm: 0, amendAt };
}

/** How the episode stands after an event: goes on, shows signs of life, or is over. */
function follow(before: State, state: State, open: Episode, cause: Cause | null): Episode | null {
  const isCounter = open.cause !== 'frozen';
  const [was, is] = isCounter
    ? [before.stand.last, state.stand.last]
    : [before.frozen, state.frozen];
  if (is === was) return open;
  const goesOn = isCounter
    ? before.stand.last?.value === state.stand.last?.value
    : before.frozen?.values === state.frozen?.values;
  const calm = goesOn ? open.calm : open.calm + 1;
  if (calm >= calmWanted) return null;
  return goesOn && cause === open.cause && open.calm === 0
    ? { ...toEpisode(cause, state, open), amendAt: open.amendAt }
    : { ...open, calm };
}

const watchesGauges = ({ meter }: MeterSubject): boolean => meter.medium === 'electricity';

/** The counter goes again after an alert: unless it stood for weeks, that is not what is normal. */
const wasWrong = ({ cause, from, to }: Episode, before: State, { stand }: State): boolean =>
  cause !== 'frozen' && stand.since !== before.stand.since && to - from < adaptMs;

function begin(state: State, cause: Cause, about: About): Step<State> {
  const open = toEpisode(cause, state, null);
  return { state: { ...state, open }, findings: [explainStuck('open', open, about)] };
}

/** A counter, or all that a meter says, stays the same while it should not. */
export const meterStuck: RuleKind<Params, State> = {
  kind: 'meter.stuck',
  version: 2,
  title: { zh: '读数不走', en: 'Meter stuck' },
  description: {
    zh: '累计读数或瞬时值长时间完全不变，而按表计自身的功率流量或以往规律应当变化。',
    en: 'A counter, or every momentary value, stays exactly the same though the meter’s own power or flow, or its past, says that it should move.',
  },
  severity: 'warning',
  params,
  appliesTo: (subject) => subject.type === 'meter' && counterOf[subject.meter.medium] !== null,
  initial: () => ({
    stand: newStandstill,
    exported: null,
    frozen: null,
    stillness: null,
    open: null,
  }),

  step(state, event, subject, params, around): Step<State> {
    if (event.type !== 'sample' || subject.type !== 'meter') return { state, findings: noFindings };
    const asked = toWater(params, subject.meter);
    const limits = limitsOf(subject.meter);
    const { open } = state;
    const { stand: seen, exported } = watchCounter(state, event, subject, limits, asked, around);
    const frozen = watchesGauges(subject)
      ? watchGauges(state.frozen, event, open?.cause === 'frozen')
      : null;
    const stillness = watchRests(state.stillness, seen, subject, around);
    const next: State = { stand: seen, exported, frozen, stillness, open };
    const cause = causeOf(next, subject.meter, limits, asked);
    if (!open) {
      if (!cause) return { state: next, findings: noFindings };
      return begin(next, cause, { at: event.at, subject, params: asked });
    }
    const about = { at: event.at, subject, params: asked };
    const stand = wasWrong(open, state, next) ? unlearn(next.stand, state.stand) : next.stand;
    const followed = follow(state, next, open, cause);
    if (!followed)
      return {
        state: { ...next, stand, open: null },
        findings: [explainStuck('amend', open, about), explainStuck('clear', open, about)],
      };
    const isDue = followed.to >= open.amendAt;
    const amendAt = isDue ? followed.to + (followed.to - followed.from) : open.amendAt;
    const findings = isDue ? [explainStuck('amend', followed, about)] : noFindings;
    return { state: { ...next, stand, open: { ...followed, amendAt } }, findings };
  },
};
