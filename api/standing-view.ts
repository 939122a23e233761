import type { Calibre } from '../energy/factor-set.ts';
import { amountOf, unitOf } from '../energy/standing/amount.ts';
import { type Corrected, correctionsIn, type MonthFigure } from '../energy/standing/figure.ts';
import {
  calibreOf,
  capStanding,
  type GoalStanding,
  monthsOfYear,
  type Past,
  targetStanding,
} from '../energy/standing/goal.ts';
import { type Comparison, compare, groupOf, type Peer } from '../energy/standing/peer.ts';
import { quotaStanding } from '../energy/standing/quota.ts';
import type { Quota } from '../energy/standing/quota-table.ts';
import type { Cap, Correction, Rate, Target } from '../model/goals.ts';
import type { StandingView } from './standing-shape.ts';

/** What is shown of how an institution stands. */

export const reminderPct = 20;
export const leastMembers = 5;

export interface Shown {
  readonly year: number;
  readonly calibre: Calibre;
  /** The last month of the year that is over; null where none is. */
  readonly upTo: string | null;
  readonly own: Peer;
  /** Those of its group, itself among them. */
  readonly group: readonly Peer[];
  readonly targets: readonly Target[];
  readonly caps: readonly Cap[];
  readonly corrections: readonly Correction[];
  readonly quotas: readonly Quota[];
}

export const monthsUpTo = (year: number, upTo: string | null): readonly string[] =>
  upTo === null ? [] : monthsOfYear(year).filter((month) => month <= upTo);

function monthView(
  figure: MonthFigure,
  corrections: readonly Corrected[],
  calibre: Calibre,
): StandingView['months'][number] {
  const of = (amount: Parameters<typeof amountOf>[1]) => amountOf(figure, amount, calibre).value;
  const least = (pick: (medium: MonthFigure['media'][number]) => number) =>
    Math.min(1, ...figure.media.map(pick));
  return {
    month: figure.month,
    coverage: least(({ coverage }) => coverage),
    known: least(({ known }) => known),
    energyKgce: of('energy-kgce'),
    co2Kg: of('co2-kg'),
    electricityKwh: of('electricity-kwh'),
    waterM3: of('water-m3'),
    gasM3: of('gas-m3'),
    heatGj: of('heat-gj'),
    corrections: [...corrections],
  };
}

const goalView = ({ actual, forecast, state, reason, knownMonths }: GoalStanding) => ({
  actual,
  forecast,
  state,
  reason,
  knownMonths,
});

function targetView(target: Target, past: Past): StandingView['targets'][number] {
  const { id, indicator, baseYear, changePct, calibre, source } = target;
  const standing = targetStanding(target, past);
  const { baseValue, baseFrom, goal } = standing;
  return {
    id,
    indicator,
    unit: unitOf(indicator),
    calibre: calibreOf(indicator, calibre),
    source: source ?? null,
    baseYear,
    baseValue,
    baseFrom,
    changePct,
    goal,
    ...goalView(standing),
  };
}

function capView(cap: Cap, past: Past): StandingView['caps'][number] {
  const standing = capStanding(cap, past);
  const { actual } = standing;
  return {
    id: cap.id,
    item: cap.item,
    unit: unitOf(cap.item),
    calibre: calibreOf(cap.item, cap.calibre),
    source: cap.source ?? null,
    cap: cap.cap,
    usedPct: actual === null ? null : (actual / cap.cap) * 100,
    ...goalView(standing),
  };
}

function quotaView(quota: Quota, past: Past): StandingView['quotas'][number] {
  const { table, row } = quota;
  const { calibre, from, to, value, known, position, reason } = quotaStanding(quota, past);
  return {
    table: table.name,
    title: table.title,
    source: table.source,
    verified: row.verified,
    calibre,
    indicator: row.indicator,
    unit: unitOf(row.indicator),
    from,
    to,
    value,
    leading: row.leading ?? null,
    benchmark: row.benchmark ?? null,
    constraint: row.constraint ?? null,
    position,
    coverage: known,
    reason,
    notes: table.notes ? [table.notes] : [],
  };
}

const compared: readonly Rate[] = ['per-m2-kgce', 'per-head-kgce', 'water-per-head-m3'];

function countsOf(leftOut: Comparison['leftOut']) {
  const byReason = Map.groupBy(leftOut, ({ reason }) => reason);
  return [...byReason].map(([reason, all]) => ({ reason, count: all.length }));
}

function peerView(
  indicator: Rate,
  months: readonly string[],
  { own, group, calibre, corrections }: Shown,
): StandingView['peers'][number] {
  const { id } = own.institution;
  const { ranked, leftOut } = compare(group, { figure: indicator, calibre, months, leastMembers });
  const found = ranked.find((each) => each.id === id);
  return {
    indicator,
    unit: unitOf(indicator),
    group: groupOf(own),
    from: months[0] ?? null,
    to: months.at(-1) ?? null,
    value: found?.value ?? null,
    measured: found?.measured ?? null,
    mean: found ? found.mean : (ranked[0]?.mean ?? null),
    abovePct: found?.abovePct ?? null,
    reminder: (found?.abovePct ?? 0) > reminderPct,
    members: ranked.length,
    rank: found?.rank ?? null,
    corrections: months.flatMap((month) => correctionsIn(month, corrections)),
    leftOut: countsOf(leftOut.filter((each) => each.id !== id)),
    reason: leftOut.find((each) => each.id === id)?.reason ?? null,
  };
}

/** All but `asOf`, which is of a zone. */
export function standingView(shown: Shown): Omit<StandingView, 'asOf'> {
  const { year, calibre, upTo, own, targets, caps, corrections, quotas } = shown;
  const months = monthsUpTo(year, upTo);
  // Before the first month of the year is over, nothing of it is.
  const past: Past = { figures: own.corrected, upTo: upTo ?? `${year}-00` };
  return {
    year,
    calibre,
    closedMonths: months.length,
    months: months.flatMap((month) => {
      const figure = own.corrected.get(month);
      return figure ? [monthView(figure, correctionsIn(month, corrections), calibre)] : [];
    }),
    targets: targets.map((target) => targetView(target, past)),
    caps: caps.map((cap) => capView(cap, past)),
    quotas: upTo === null ? [] : quotas.map((quota) => quotaView(quota, past)),
    peers: compared.map((indicator) => peerView(indicator, months, shown)),
  };
}
