import { z } from 'zod';
import type { Finding, Text } from '../../../model/alert.ts';
import { hourMs, isoInZone, minuteMs, secondMs } from '../../../model/time.ts';
import {
  type MeterSubject,
  noFindings,
  type RuleKind,
  type Step,
  type Surroundings,
} from '../../rule.ts';
import { clock, duration } from '../../words/units.ts';

const params = z.strictObject({
  /** Device time so far after receipt cannot be. */
  aheadS: z.number().min(10).max(600).default(120),
  /** In so many readings running. */
  aheadReadings: z.int().min(2).max(100).default(3),
  /** Device time always so far before receipt. */
  behindS: z.number().min(60).max(86_400).default(300),
  /** In so many readings running, that come over so many minutes. */
  behindReadings: z.int().min(3).max(1000).default(12),
  behindMinutes: z.number().min(1).max(10_080).default(60),
  /** And always by the same, but for so much. What is back-filled comes ever less late. */
  steadyS: z.number().min(1).max(3600).default(60),
});

type Params = z.output<typeof params>;

/** Readings running that came with the same lag, device time before receipt. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly receivedFrom: number;
  readonly receivedTo: number;
  readonly count: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

interface Episode {
  readonly side: 'ahead' | 'behind';
  readonly from: number;
  readonly to: number;
  readonly receivedAt: number;
  /** Positive: behind. */
  readonly lagMs: number;
  readonly readings: number;
  readonly calm: number;
}

interface State {
  readonly run: Run | null;
  /** Readings running that were ahead. */
  readonly ahead: number;
  readonly open: Episode | null;
}

/** So many readings that are right end an episode. */
const calmWanted = 3;
/** Readings of quarters of an hour may always come one quarter late: that much of their distance is no sign of a wrong clock. */
const ofDistance = 1.25;
/** Meters of a gateway whose first meter is found to be wrong by the same need not be told: they wait so many times longer for it. */
const waitFactor = 2;

const begun = (at: number, receivedAt: number): Run => ({
  from: at,
  to: at,
  receivedFrom: receivedAt,
  receivedTo: receivedAt,
  count: 1,
  leastMs: receivedAt - at,
  mostMs: receivedAt - at,
});

function follow(run: Run | null, at: number, receivedAt: number, { steadyS }: Params): Run {
  const lag = receivedAt - at;
  const leastMs = Math.min(run?.leastMs ?? lag, lag);
  const mostMs = Math.max(run?.mostMs ?? lag, lag);
  const isSteady = run !== null && mostMs - leastMs <= steadyS * secondMs;
  if (!isSteady) return begun(at, receivedAt);
  const { from, receivedFrom, count } = run;
  const receivedTo = Math.max(run.receivedTo, receivedAt);
  return { from, to: at, receivedFrom, receivedTo, count: count + 1, leastMs, mostMs };
}

function isBehind(run: Run, times: number, asked: Params): boolean {
  const { count, leastMs, from, to, receivedFrom, receivedTo } = run;
  const distanceMs = (to - from) / Math.max(1, count - 1);
  return (
    count >= asked.behindReadings * times &&
    receivedTo - receivedFrom >= asked.behindMinutes * minuteMs &&
    leastMs >= Math.max(asked.behindS * secondMs, ofDistance * distanceMs)
  );
}

/** The first meter of the line, where it has been found to be wrong by the same. */
function toldBy(around: Surroundings, meter: string, lagMs: number): boolean {
  const line = around.others?.(meter, 'meter.clock').line ?? [];
  const first = line.find(({ id }) => id < meter);
  const open = first ? (first.state as State).open : null;
  return open !== null && Math.abs(open.lagMs - lagMs) <= 2 * minuteMs;
}

/** Whether a meter is the first of its line by id: it tells for all. */
const isFirst = (around: Surroundings, meter: string): boolean =>
  (around.others?.(meter, 'meter.clock').line ?? []).every(({ id }) => id > meter);

function find(
  { run, ahead }: State,
  meter: string,
  asked: Params,
  around: Surroundings,
): Episode | null {
  if (!run) return null;
  const side = ahead >= asked.aheadReadings ? 'ahead' : 'behind';
  // Who is not the first of its line is asked only where it may matter: it is costlier.
  if (side === 'behind' && !isBehind(run, 1, asked)) return null;
  if (!isFirst(around, meter)) {
    const isLate =
      side === 'ahead'
        ? ahead >= asked.aheadReadings * waitFactor
        : isBehind(run, waitFactor, asked);
    if (!isLate || toldBy(around, meter, run.leastMs)) return null;
  }
  const { from, to, receivedTo, leastMs, count } = run;
  const readings = side === 'ahead' ? ahead : count;
  return { side, from, to, receivedAt: receivedTo, lagMs: leastMs, readings, calm: 0 };
}

const isRight = (lagMs: number, { aheadS, behindS }: Params): boolean =>
  lagMs >= (-aheadS * secondMs) / 2 && lagMs <= (behindS * secondMs) / 2;

const words: Readonly<Record<Episode['side'], Text>> = {
  ahead: { zh: '快', en: 'ahead' },
  behind: { zh: '慢', en: 'behind' },
};

function toFinding(
  change: Finding['change'],
  { side, from, to, receivedAt, lagMs, readings }: Episode,
  at: number,
  { meter, institution }: MeterSubject,
  asked: Params,
): Finding {
  const by = duration(Math.abs(lagMs));
  const zone = institution.timeZone;
  return {
    change,
    subject: { type: 'meter', id: meter.id },
    at,
    severity: 'warning',
    summary: {
      zh: `${meter.name}的时钟${words[side].zh} ${by.zh}（收到时 ${clock(receivedAt, zone)}，表上 ${clock(to, zone)}）`,
      en: `Clock of ${meter.name} is ${by.en} ${words[side].en}: it said ${clock(to, zone)} when it was ${clock(receivedAt, zone)}`,
    },
    evidence: {
      from: Math.min(from, to),
      to,
      flagged: [Math.floor(to / hourMs) * hourMs],
      observed: {
        lagS: Math.round(lagMs / secondMs),
        readings,
        deviceTime: isoInZone(to, zone),
        receivedAt: isoInZone(receivedAt, zone),
      },
      expected: { aheadS: asked.aheadS, behindS: asked.behindS, steadyS: asked.steadyS },
      method: {
        zh: `比较表计时刻与收到时刻：连续 ${asked.aheadReadings} 个读数超前 ${asked.aheadS} 秒以上为快；连续 ${asked.behindReadings} 个读数、历时 ${asked.behindMinutes} 分钟，都滞后 ${asked.behindS} 秒以上且相差不超过 ${asked.steadyS} 秒为慢。补传数据的滞后越来越小，不算。若许多表同时超前，请先检查本服务器的时钟。`,
        en: `Device time against receipt: ahead is ${asked.aheadReadings} readings running more than ${asked.aheadS} s after receipt; behind is ${asked.behindReadings} readings running, coming over ${asked.behindMinutes} min, all more than ${asked.behindS} s late and by the same within ${asked.steadyS} s. What is back-filled comes ever less late and does not count. Where many meters are ahead at once, look at this server’s clock first.`,
      },
      context: { timeSource: 'device' },
      quality: { hoursShifted: Math.abs(lagMs) >= hourMs },
    },
  };
}

/**
 * A meter's clock is wrong: what it used is booked to the wrong time. Readings so far ahead that they are not believed at all (quarantine
 * `clock-ahead`) never come here.
 */
export const meterClock: RuleKind<Params, State> = {
  kind: 'meter.clock',
  version: 1,
  title: { zh: '表计时钟不准', en: 'Meter clock wrong' },
  description: {
    zh: '表计或其网关的时钟持续快于或慢于收到数据的时刻；补传的数据不算。',
    en: 'The clock of a meter or its gateway is steadily ahead of or behind the time of receipt; back-filled data does not count.',
  },
  severity: 'warning',
  params,
  appliesTo: (subject) => subject.type === 'meter',
  initial: () => ({ run: null, ahead: 0, open: null }),

  step(state, event, subject, asked, around): Step<State> {
    const isOurs = event.timeSource === 'receipt';
    if (event.type !== 'sample' || subject.type !== 'meter' || isOurs)
      return { state, findings: noFindings };
    const { at, receivedAt } = event;
    if (state.run && at <= state.run.to) return { state, findings: noFindings };
    const lagMs = receivedAt - at;
    const ahead = lagMs < -asked.aheadS * secondMs ? state.ahead + 1 : 0;
    const { open } = state;
    const next = { run: follow(state.run, at, receivedAt, asked), ahead, open };
    if (!open) {
      const found = find(next, subject.meter.id, asked, around);
      if (!found) return { state: next, findings: noFindings };
      return {
        state: { ...next, open: found },
        findings: [toFinding('open', found, at, subject, asked)],
      };
    }
    const calm = isRight(lagMs, asked) ? open.calm + 1 : 0;
    if (calm < calmWanted)
      return { state: { ...next, open: { ...open, calm } }, findings: noFindings };
    return {
      state: { ...next, open: null },
      findings: [toFinding('clear', open, at, subject, asked)],
    };
  },
};
