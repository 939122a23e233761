import { z } from 'zod';
import { countDemand, type Demand, type DemandState, newDemand } from '../../../energy/demand.ts';
import { hourMs, localTime, minuteMs } from '../../../model/time.ts';
import { type GaugeSight, type GaugeTold, gaugeKind } from '../../shared/gauge-kind.ts';
import { type GaugeSeen, isRight } from '../../shared/gauge-spell.ts';
import { limitsOf } from '../../shared/limits.ts';
import { tellPeak } from '../../words/peak.ts';

const params = z.strictObject({
  /** Of the supply contract; 0: none, the rating counts. */
  contractKw: z.number().min(0).max(1e6).default(0),
  /** Of the meter’s rating, where there is no contract. */
  ratedPct: z.number().min(10).max(200).default(100),
  /** A quarter of an hour so much above the greatest of the last twelve months is told, on main meters. */
  newPeakPct: z.number().min(1).max(500).default(20),
  leaveMinutes: z.number().min(15).max(1440).default(60),
  /** For each kW and month, by which the excess is costed; 0: not known. */
  yuanPerKw: z.number().min(0).max(1000).default(0),
});

export type PeakParams = z.output<typeof params>;

interface Month {
  /** YYYY-MM of the institution's zone. */
  readonly name: string;
  readonly kw: number;
}

interface Memory {
  readonly demand: DemandState;
  readonly month: Month | null;
  /** Of the months before, newest last. */
  readonly earlier: readonly Month[];
  /** The greatest of the month that is told of. */
  readonly told: number;
}

export interface PeakDetail {
  readonly basis: 'contract' | 'rating' | 'history';
  readonly limitKw: number;
  /** `coming`: the running quarter comes to it if nothing is done. */
  readonly stage: 'coming' | 'reached';
  readonly demandKw: number;
  readonly source: Demand['source'] | 'foreseen';
  /** End of the quarter of an hour, Unix ms UTC. */
  readonly quarterTo: number;
}

interface Limit {
  readonly basis: PeakDetail['basis'];
  readonly kw: number;
}

const monthsKept = 12;
/** Fewer months do not know all seasons. */
const monthsWanted = 11;
/** Told again in the month of a contract only when so much above what was told: the bill goes by the month's greatest. */
const againFactor = 1.02;
/** Under the limit by so much it is right again. */
const returnShare = 0.98;
/** Above 105 % of the contract the excess is billed twice; a circuit may carry 120 % of its rating for a while only. */
const graveFactor = { contract: 1.05, rating: 1.2, history: Number.POSITIVE_INFINITY };

function limitOf(memory: Memory, { subject, params: asked }: GaugeSight<PeakParams>): Limit | null {
  const { ratedKw, parent } = subject.meter;
  if (asked.contractKw > 0) return { basis: 'contract', kw: asked.contractKw };
  if (ratedKw !== undefined) return { basis: 'rating', kw: (asked.ratedPct / 100) * ratedKw };
  if (parent !== undefined) return null;
  return historyOf(memory, asked);
}

function historyOf({ earlier }: Memory, { newPeakPct }: PeakParams): Limit | null {
  if (earlier.length < monthsWanted) return null;
  const greatest = Math.max(...earlier.map(({ kw }) => kw));
  return greatest > 0 ? { basis: 'history', kw: greatest * (1 + newPeakPct / 100) } : null;
}

function noteMonth(memory: Memory, name: string, reached: readonly Demand[]): Memory {
  const { month } = memory;
  const turned: Memory =
    month === null || month.name === name
      ? memory
      : { ...memory, month: null, earlier: [...memory.earlier, month].slice(-monthsKept), told: 0 };
  if (reached.length === 0) return turned;
  const kw = Math.max(turned.month?.kw ?? 0, ...reached.map((each) => each.kw));
  return turned.month?.kw === kw
    ? turned
    : { ...turned, month: { name, kw: Math.round(kw * 100) / 100 } };
}

/** So many times what it may be or ever was it is a wrong reading: at twice its rating a circuit trips within minutes. */
const incredible = { rating: 2, other: 3 };

function mostOf({ month, earlier }: Memory, { subject, params: asked }: GaugeSight<PeakParams>) {
  const { ratedKw } = subject.meter;
  if (ratedKw !== undefined) return incredible.rating * Math.max(ratedKw, asked.contractKw);
  const seen = Math.max(month?.kw ?? 0, ...earlier.map(({ kw }) => kw));
  const most = asked.contractKw > 0 ? asked.contractKw : seen;
  return most > 0 ? incredible.other * most : Number.POSITIVE_INFINITY;
}

interface Found {
  readonly kw: number;
  readonly at: number;
  readonly source: PeakDetail['source'];
}

function judge(found: Found | null, limit: Limit, told: number): GaugeSeen<PeakDetail> | undefined {
  if (!found) return undefined;
  const { basis, kw: limitKw } = limit;
  const again = basis === 'rating' ? 0 : told * againFactor;
  if (found.kw <= Math.max(limitKw, again))
    return found.kw <= returnShare * limitKw ? isRight : undefined;
  const stage = found.source === 'foreseen' ? 'coming' : 'reached';
  const demandKw = Math.round(found.kw * 100) / 100;
  const detail = {
    basis,
    limitKw,
    stage,
    demandKw,
    source: found.source,
    quarterTo: found.at,
  } as const;
  const grave = stage === 'reached' && found.kw > graveFactor[basis] * limitKw;
  const level = basis === 'history' ? 0 : grave ? 2 : stage === 'reached' ? 1.5 : 1;
  return { so: true, value: demandKw, worse: found.kw / limitKw - 1, level, detail };
}

/** The greatest of what is certain; what is coming where that is more. */
function greatestOf(reached: readonly Demand[], coming: { at: number; kw: number } | null) {
  let found: Found | null = null;
  for (const each of reached) if (!found || each.kw > found.kw) found = each;
  if (coming && (!found || coming.kw > found.kw)) return { ...coming, source: 'foreseen' } as const;
  return found;
}

/** Early in a quarter power that is low enough says that it is right so far. */
function calmOf({ paceKw }: DemandState, at: number, limit: Limit) {
  const seen = paceKw === null ? undefined : judge({ kw: paceKw, at, source: 'quarter' }, limit, 0);
  return seen?.so ? undefined : seen;
}

function see(before: Memory, sight: GaugeSight<PeakParams>) {
  const { sample, subject } = sight;
  const { meter, institution } = subject;
  const step = countDemand(before.demand, sample, limitsOf(meter), mostOf(before, sight));
  if (step.state === before.demand) return { memory: before };
  const { date } = localTime(sample.at - 1, institution.timeZone);
  const { month, earlier, told: toldBefore } = before;
  const memory = { demand: step.state, month, earlier, told: toldBefore };
  const counted = noteMonth(memory, date.slice(0, 7), step.reached);
  const limit = limitOf(counted, sight);
  if (!limit) return { memory: counted };
  const certain = judge(greatestOf(step.reached, null), limit, counted.told);
  const foreseen = judge(greatestOf(step.reached, step.coming), limit, counted.told);
  // What is certain is told before what is only foreseen.
  const seen = certain?.so
    ? certain
    : (foreseen ?? certain ?? calmOf(step.state, sample.at, limit));
  const told = certain?.so ? Math.max(counted.told, certain.value) : counted.told;
  return { memory: told === counted.told ? counted : { ...counted, told }, seen };
}

/** The mean power of a quarter of an hour, which is what is billed, passes the contract, the rating, or all that has been. */
export const peakDemand = gaugeKind<PeakParams, Memory, PeakDetail>({
  kind: 'energy.peak-demand',
  version: 3,
  title: { zh: '需量超限', en: 'Peak demand' },
  description: {
    zh: '15 分钟平均功率（需量）超过或即将超过合同需量、额定容量，或明显高于近一年最大值。',
    en: 'The mean power of a quarter of an hour passes, or is about to pass, the contract, the rating, or clearly all of the last year.',
  },
  params,
  value: 'demandKw',
  memory: { demand: newDemand, month: null, earlier: [], told: 0 },
  appliesTo: ({ medium, everyS = 900 }) => medium === 'electricity' && everyS <= 900,
  limits: ({ leaveMinutes }) => ({
    enterMs: 0,
    enterReadings: 1,
    leaveMs: leaveMinutes * minuteMs,
    forgetMs: 24 * hourMs,
  }),
  see,
  tell: (told: GaugeTold<PeakParams, Memory, PeakDetail>) =>
    tellPeak({ ...told, monthKw: told.memory.month?.kw ?? null, earlier: told.memory.earlier }),
});
