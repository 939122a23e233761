import { z } from 'zod';
import type { Finding, Text } from '../../../model/alert.ts';
import { dayMs, hourMs } from '../../../model/time.ts';
import {
  type MeterSubject,
  noFindings,
  type Other,
  type RuleKind,
  type Step,
  type Surroundings,
} from '../../rule.ts';
import { hoursWithin } from '../../shared/flagged.ts';
import { clock, duration } from '../../words/units.ts';

const params = z.strictObject({
  /** Without a reading for so long, and for `intervals` reporting intervals. */
  hours: z.number().min(1).max(720).default(3),
  intervals: z.number().min(2).max(1000).default(3),
  /** So long after it came back a meter may still fill it. */
  fillHours: z.number().min(1).max(1000).default(24),
  /** The alert ends so many days after the last gap was told. */
  openDays: z.number().min(1).max(365).default(7),
});

type Params = z.output<typeof params>;

/** Between two readings. */
interface Hole {
  readonly from: number;
  readonly to: number;
  readonly told: boolean;
}

interface State {
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  /** Ascending. */
  readonly holes: readonly Hole[];
  /** When those that may be due were looked at last. */
  readonly lookedAt: number;
  /** When a gap was told last; null where none is open. */
  readonly toldAt: number | null;
  /** Whether the whole line was away. */
  readonly line: Line | null;
}

interface Line {
  readonly id: string;
  readonly meters: readonly string[];
}

/** A gap that nobody asked about for so long is history. */
const keptDays = 10;
const keptHoles = 24;
/** Silent for this share of a gap is silent in it. */
const silentShare = 0.8;
/** Fewer others say nothing about ourselves. */
const leastOthers = 3;

const lengthOf = ({ from, to }: { readonly from: number; readonly to: number }) =>
  Math.max(0, to - from);

const overlap = (a: Hole, from: number, to: number): number =>
  lengthOf({ from: Math.max(a.from, from), to: Math.min(a.to, to) });

const stateOf = ({ state }: Other): State => state as State;

/** Whether it was known before a gap, and said nothing in it. */
function isSilentIn({ firstAt, lastAt, holes }: State, gap: Hole): boolean {
  if (firstAt === null || lastAt === null) return false;
  const since = overlap({ ...gap, from: Math.max(lastAt, gap.from) }, gap.from, gap.to);
  const silent = holes.reduce((sum, hole) => sum + overlap(hole, gap.from, gap.to), since);
  return silent >= silentShare * lengthOf(gap);
}

const wasThere = ({ firstAt }: State, { from }: Hole): boolean =>
  firstAt !== null && firstAt <= from;

type Verdict = { readonly tell: false } | { readonly tell: true; readonly line: Line | null };

/**
 * Who is to be told of: the meter, where others of its line went on; the line, by the first of its meters that is back; nobody, where nothing came
 * from anywhere, for then it was we who were away.
 */
function judge(gap: Hole, meter: string, around: Surroundings): Verdict {
  const others = around.others?.(meter, 'meter.gap');
  if (!others) return { tell: true, line: null };
  const elsewhere = others.elsewhere.map(stateOf).filter((state) => wasThere(state, gap));
  const line = others.line.filter((other) => wasThere(stateOf(other), gap));
  const silent = line.filter((other) => isSilentIn(stateOf(other), gap));
  const isLineSilent = silent.length === line.length;
  const isOurs =
    isLineSilent &&
    elsewhere.length >= leastOthers &&
    elsewhere.every((state) => isSilentIn(state, gap));
  if (isOurs) return { tell: false };
  if (!isLineSilent || line.length === 0) return { tell: true, line: null };
  const back = silent.filter((other) => (stateOf(other).lastAt ?? 0) >= gap.to);
  const isTold = back.some((other) =>
    stateOf(other).holes.some(
      (hole) => hole.told && overlap(hole, gap.from, gap.to) >= silentShare * lengthOf(gap),
    ),
  );
  if (isTold || back.some(({ id }) => id < meter)) return { tell: false };
  const meters = [meter, ...silent.map(({ id }) => id)];
  return { tell: true, line: { id: others.name, meters } };
}

const notOld = (holes: readonly Hole[], at: number): readonly Hole[] =>
  holes.filter(({ to }) => at - to <= keptDays * dayMs);

function addReading(state: State, at: number, longMs: number): State {
  const { firstAt, lastAt, holes, lookedAt, toldAt, line } = state;
  if (lastAt === null || firstAt === null) return { ...state, firstAt: at, lastAt: at };
  const isOld = holes[0] !== undefined && at - holes[0].to > keptDays * dayMs;
  const kept = isOld ? notOld(holes, at) : holes;
  // Written out: nearly every reading comes here.
  if (at - lastAt < longMs) return { firstAt, lastAt: at, holes: kept, lookedAt, toldAt, line };
  const hole = { from: lastAt, to: at, told: false };
  return { ...state, lastAt: at, holes: [...kept, hole].slice(-keptHoles) };
}

const isDue = ({ to, told }: Hole, at: number, { fillHours }: Params): boolean =>
  !told && at - to >= fillHours * hourMs;

function isToLook({ lookedAt, holes }: State, at: number, asked: Params): boolean {
  if (at - lookedAt < hourMs) return false;
  for (const hole of holes) if (isDue(hole, at, asked)) return true;
  return false;
}

/** Looks at gaps that nobody has filled in time, once an hour as long as they are not told. */
function lookAtDue(
  state: State,
  at: number,
  meter: string,
  asked: Params,
  around: Surroundings,
): State {
  let { line, toldAt } = state;
  const holes = state.holes.map((hole) => {
    const verdict = isDue(hole, at, asked)
      ? judge(hole, meter, around)
      : ({ tell: false } as const);
    if (!verdict.tell) return hole;
    toldAt = at;
    line = verdict.line;
    return { ...hole, told: true };
  });
  return { ...state, holes, line, toldAt, lookedAt: at };
}

function whoOf({ line }: State, name: string): Text {
  if (!line) return { zh: name, en: name };
  const { id, meters } = line;
  return {
    zh: `${id} 的 ${meters.length} 块表（含${name}）`,
    en: `${meters.length} meters of ${id} (${name} among them)`,
  };
}

function toFinding(
  change: Finding['change'],
  state: State,
  at: number,
  { meter, institution }: MeterSubject,
  { fillHours, intervals, hours }: Params,
): Finding {
  const told = state.holes.filter((hole) => hole.told);
  const last = told.at(-1) ?? { from: at, to: at, told: true };
  const long = duration(lengthOf(last));
  const [from, to] = [last.from, last.to].map((each) => clock(each, institution.timeZone));
  const who = whoOf(state, meter.name);
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: lengthOf(last) >= dayMs ? 'warning' : 'info',
    summary: {
      zh: `${who.zh}缺 ${long.zh}数据未补：${from} 至 ${to}`,
      en: `${who.en}: ${long.en} of data missing and not filled, ${from} to ${to}`,
    },
    evidence: {
      from: told[0]?.from ?? last.from,
      to: last.to,
      flagged: told.flatMap(({ from, to }) => hoursWithin(from, to)),
      observed: {
        gaps: told.map(({ from, to }) => ({ from, to, missingS: Math.round((to - from) / 1000) })),
      },
      expected: {
        everyS: meter.everyS ?? 0,
        longestS: longestMs(meter.everyS, hours, intervals) / 1000,
      },
      method: {
        zh: `相邻读数相隔达 ${hours} 小时且达上报间隔的 ${intervals} 倍，恢复后 ${fillHours} 小时内仍未补传。本机构在同一网关或线路上的表同时中断时只由其中一块告警；全部设备同时没有数据视为本系统中断，不告警。补传到达后自动撤回。`,
        en: `Two readings at least ${hours} h and ${intervals} reporting intervals apart, and nothing filled in between within ${fillHours} h of coming back. Where all meters of an institution on a gateway or line were away at once, one of them tells for all; where no device said anything, it was this system that was away, and nothing is told. Data that fills it takes the alert back.`,
      },
      context: state.line ? { line: state.line.id, meters: state.line.meters } : {},
      quality: { missing: true },
    },
  };
}

const longestMs = (everyS: number | undefined, hours: number, intervals: number): number =>
  Math.max(hours * hourMs, intervals * (everyS ?? 0) * 1000);

/** Hours are missing in what a meter has said, and it did not fill them after it came back. That it is silent now is for `device.silent`. */
export const meterGap: RuleKind<Params, State> = {
  kind: 'meter.gap',
  version: 1,
  title: { zh: '数据缺口未补', en: 'Gap not filled' },
  description: {
    zh: '表计数据中断若干小时，恢复后也没有补传；同一网关的表同时中断，每个机构只告警一次。',
    en: 'Hours of a meter’s data are missing and were not filled after it came back; where a whole gateway was away, one alert for each institution.',
  },
  severity: 'info',
  params,
  appliesTo: (subject) => subject.type === 'meter' && subject.meter.everyS !== undefined,
  initial: () => ({
    firstAt: null,
    lastAt: null,
    holes: [],
    lookedAt: 0,
    toldAt: null,
    line: null,
  }),

  step(before, event, subject, asked, around): Step<State> {
    const isNewer = event.at > (before.lastAt ?? Number.NEGATIVE_INFINITY);
    if (event.type !== 'sample' || subject.type !== 'meter' || !isNewer)
      return { state: before, findings: noFindings };
    const { at } = event;
    const { meter } = subject;
    const longMs = longestMs(meter.everyS, asked.hours, asked.intervals);
    const added = addReading(before, at, longMs);
    const state = isToLook(added, at, asked)
      ? lookAtDue(added, at, meter.id, asked, around)
      : added;
    if (state.toldAt === null) return { state, findings: noFindings };
    if (state.toldAt !== before.toldAt) {
      const change = before.toldAt === null ? 'open' : 'amend';
      return { state, findings: [toFinding(change, state, at, subject, asked)] };
    }
    if (at - state.toldAt < asked.openDays * dayMs) return { state, findings: noFindings };
    const findings = [toFinding('clear', state, at, subject, asked)];
    return { state: { ...state, toldAt: null, line: null }, findings };
  },
};
