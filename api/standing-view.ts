import type { Calibre } from '../energy/factor-set.ts';
import { type AnyFigure, amountOf, unitOf } from '../energy/standing/amount.ts';
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
import { positionOf, quotaStanding } from '../energy/standing/quota.ts';
import type { Quota } from '../energy/standing/quota-table.ts';
import { soFarOf, yearUpTo } from '../energy/standing/so-far.ts';
import type { Cap, Correction, Rate, Target } from '../model/goals.ts';
import { isoInZone } from '../model/time.ts';
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
  /** The month that goes on, where the year is the present one; it is among the figures of everyone who is known up to the same day. */
  readonly running: MonthFigure | null;
  readonly zone: string;
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

type Told = Pick<Shown, 'own' | 'running' | 'zone'>;

/** Of a goal up to the day. */
function soFarView(figure: AnyFigure, calibre: Calibre, goal: number | null, told: Told) {
  const { own, running, zone } = told;
  return running && soFarOf(own.corrected, running, goal, { figure, calibre, zone });
}

const goalView = ({ actual, forecast, state, reason, knownMonths }: GoalStanding) => ({
  actual,
  forecast,
  state,
  reason,
  knownMonths,
});

function targetView(target: Target, past: Past, told: Told): StandingView['targets'][number] {
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
    soFar: soFarView(indicator, calibre, goal, told),
  };
}

function capView(cap: Cap, past: Past, told: Told): StandingView['caps'][number] {
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
    soFar: soFarView(cap.item, cap.calibre ?? 'calorific', cap.cap, told),
  };
}

function quotaSoFar(quota: Quota, { own, running, zone }: Told) {
  const calibre = quota.table.calibre ?? 'calorific';
  const asked = { figure: quota.row.indicator, calibre, zone };
  const value = running && yearUpTo(own.corrected, running, asked);
  return value === null ? null : { value, position: positionOf(value, quota) };
}

function quotaView(quota: Quota, past: Past, told: Told): StandingView['quotas'][number] {
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
    soFar: quotaSoFar(quota, told),
  };
}

const compared: readonly Rate[] = ['per-m2-kgce', 'per-head-kgce', 'water-per-head-m3'];

function countsOf(leftOut: Comparison['leftOut']) {
  const byReason = Map.groupBy(leftOut, ({ reason }) => reason);
  return [...byReason].map(([reason, all]) => ({ reason, count: all.length }));
}

function peerSoFar(figure: Rate, over: readonly string[], { own, group, calibre, running }: Shown) {
  if (!running) return null;
  const months = [...over, running.month];
  const { ranked } = compare(group, { figure, calibre, months, leastMembers });
  const found = ranked.find((each) => each.id === own.institution.id);
  if (!found) return null;
  const { value, mean, abovePct, rank } = found;
  return { value, mean, abovePct, rank, members: ranked.length };
}

function peerView(
  indicator: Rate,
  months: readonly string[],
  shown: Shown,
): StandingView['peers'][number] {
  const { own, group, calibre, corrections } = shown;
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
    soFar: peerSoFar(indicator, months, shown),
  };
}

/** All but `asOf`. */
export function standingView(shown: Shown): Omit<StandingView, 'asOf'> {
  const { year, calibre, upTo, own, targets, caps, corrections, quotas } = shown;
  const months = monthsUpTo(year, upTo);
  // Before the first month of the year is over, nothing of it is.
  const past: Past = { figures: own.corrected, upTo: upTo ?? `${year}-00` };
  return {
    year,
    calibre,
    closedMonths: months.length,
    soFarTo: shown.running && isoInZone(shown.running.to, shown.zone),
    months: months.flatMap((month) => {
      const figure = own.corrected.get(month);
      return figure ? [monthView(figure, correctionsIn(month, corrections), calibre)] : [];
    }),
    targets: targets.map((target) => targetView(target, past, shown)),
    caps: caps.map((cap) => capView(cap, past, shown)),
    quotas: upTo === null ? [] : quotas.map((quota) => quotaView(quota, past, shown)),
    peers: compared.map((indicator) => peerView(indicator, months, shown)),
  };
}
