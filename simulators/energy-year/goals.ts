import { dayMs } from '../../model/time.ts';
import { diceOf } from '../fleet-month/dice.ts';
import { days, startOf, yearDays } from './calendar.ts';
import type { YearLabel } from './labels.ts';
import { registryKind, type Site } from './sites.ts';

/** What institutions are held to, drawn once their year is known, so that it is known too who must be told. */

/** Of what it has meters for: kWh, m³, m³ and GJ. */
export interface Used {
  electricity: number;
  water: number;
  gas: number;
  heat: number;
}

export interface SiteUse {
  readonly site: Site;
  /** YYYY-MM → what was used, as it truly was. */
  readonly months: ReadonlyMap<string, Used>;
}

/** As the inventory has them. */
export interface Goals {
  readonly targets: readonly object[];
  readonly caps: readonly object[];
  readonly corrections: readonly object[];
  readonly labels: readonly YearLabel[];
}

const year = '2026';
const media = ['electricity', 'water', 'gas', 'heat'] as const;
type Medium = (typeof media)[number];

export function addUse(
  months: Map<string, Used>,
  date: string,
  medium: Medium,
  amount: number,
): void {
  const month = date.slice(0, 7);
  const known = months.get(month) ?? { electricity: 0, water: 0, gas: 0, heat: 0 };
  known[medium] += amount;
  months.set(month, known);
}

const yearOf = ({ months }: SiteUse, medium: Medium): number =>
  [...months].reduce((sum, [month, used]) => sum + (month.startsWith(year) ? used[medium] : 0), 0);

/** Every other of the lavish ones feeds a neighbour through its meter, and is corrected by that. */
const isShared = ({ lavish, seed }: Site): boolean => lavish > 1 && seed % 2 === 0;

const daysIn = (month: string): number => days.filter(({ date }) => date.startsWith(month)).length;

interface Corrected extends SiteUse {
  readonly correction: object | null;
}

function correct(use: SiteUse): Corrected {
  const { site, months } = use;
  if (!isShared(site)) return { ...use, correction: null };
  const total = [...months.values()].reduce((sum, { electricity }) => sum + electricity, 0);
  const amount = -Math.round(total * (1 - 1 / site.lavish));
  const corrected = new Map<string, Used>();
  for (const [month, used] of months) {
    const share = (amount * daysIn(month)) / yearDays;
    corrected.set(month, { ...used, electricity: used.electricity + share });
  }
  const correction = {
    id: `${site.id}-shared`,
    institution: site.id,
    item: 'electricity-kwh',
    from: '2025-12',
    to: '2026-12',
    amount,
    reason: '邻近单位经本表用电，按实际使用单位分摊',
  };
  return { site, months: corrected, correction };
}

const wholeYear = { from: startOf(31), to: startOf(yearDays) + 1 };

function labelOf(
  kind: string,
  { id }: Site,
  ratio: number,
  edge: readonly [number, number],
): readonly YearLabel[] {
  if (ratio < edge[0]) return [];
  const must = ratio >= edge[1];
  const label = { kind, subject: id, ...wholeYear, what: kind.slice(7), amount: 0, must };
  return [must ? label : { ...label, why: 'the year ends within a few percent of it' }];
}

/** Times the goal: well above, at the edge, well below. */
function drawRatio(seed: number, name: string): number {
  const dice = diceOf(seed, name);
  if (dice.chance(0.35)) return dice.between(1.08, 1.35);
  return dice.chance(0.2) ? dice.between(0.96, 1.05) : dice.between(0.65, 0.92);
}

const goalEdge = [0.95, 1.06] as const;

function targetOf(seed: number, use: Corrected) {
  const { site } = use;
  const ratio = drawRatio(seed, `${site.id} target`);
  const changePct = -3.5;
  const goal = yearOf(use, 'electricity') / site.areaM2 / ratio;
  const target = {
    id: `${site.id}-target`,
    institution: site.id,
    indicator: 'electricity-per-m2-kwh',
    year: Number(year),
    baseYear: Number(year) - 1,
    baseValue: goal / (1 + changePct / 100),
    changePct,
  };
  return { target, labels: labelOf('energy.target', site, ratio, goalEdge) };
}

function capOf(seed: number, use: Corrected) {
  const { site } = use;
  const ratio = drawRatio(seed, `${site.id} cap`);
  const medium = yearOf(use, 'water') > 0 && site.seed % 3 === 0 ? 'water' : 'electricity';
  const item = medium === 'water' ? 'water-m3' : 'electricity-kwh';
  const cap = {
    id: `${site.id}-cap`,
    institution: site.id,
    item,
    year: Number(year),
    cap: yearOf(use, medium) / ratio,
  };
  return { cap, labels: labelOf('energy.total-cap', site, ratio, goalEdge) };
}

/** kgce of each unit; of the year's tables, 0.1229 by calorific value and 0.31 by equivalent value. */
const gasKgce = 1.33;
const heatKgce = 34.12;
const coal = ({ electricity, gas, heat }: Used, perKwh: number): number =>
  electricity * perKwh + gas * gasKgce + heat * heatKgce;

/** DB37/T 2672, 2673 and 4452, as far as their rows are for everyone of the kind: constraints by m² and head, the common value of water. */
const quotas: Readonly<
  Record<
    string,
    { readonly kwhPerM2: number; readonly kgcePerHead: number; readonly m3PerHead?: number }
  >
> = {
  office: { kwhPerM2: 67.4, kgcePerHead: 1197.8, m3PerHead: 25 },
  hospital: { kwhPerM2: 73.1, kgcePerHead: 907.4 },
};

function quotaLabels(use: Corrected): readonly YearLabel[] {
  const { site } = use;
  const quota = quotas[site.kind];
  if (!quota) return [];
  const all = {
    electricity: yearOf(use, 'electricity'),
    water: yearOf(use, 'water'),
    gas: yearOf(use, 'gas'),
    heat: yearOf(use, 'heat'),
  };
  const ratios = [
    all.electricity / site.areaM2 / quota.kwhPerM2,
    coal(all, 0.31) / site.heads / quota.kgcePerHead,
    all.water / site.heads / (quota.m3PerHead ?? Number.POSITIVE_INFINITY),
    // Bought heat by m², 12.7 kgce; what is not heat by m² has rows of some zones and levels only.
    ...(site.kind === 'office' ? [(all.heat * heatKgce) / site.areaM2 / 12.7] : []),
    ...(site.kind === 'hospital' ? [coal({ ...all, heat: 0 }, 0.31) / site.areaM2 / 22.6] : []),
  ];
  return labelOf('energy.quota', site, Math.max(...ratios), [0.97, 1.03]);
}

const monthsOf = (use: SiteUse): readonly string[] => [...use.months.keys()].sort();

/** By kgce for each m² and head, and m³ for each head, over three months. */
const peerFigures: readonly ((use: Corrected, months: readonly string[]) => number)[] = [
  (use, months) => sumOf(use, months, (used) => coal(used, 0.1229)) / use.site.areaM2,
  (use, months) => sumOf(use, months, (used) => coal(used, 0.1229)) / use.site.heads,
  (use, months) => sumOf(use, months, ({ water }) => water) / use.site.heads,
];

const sumOf = (
  { months }: Corrected,
  of: readonly string[],
  pick: (used: Used) => number,
): number =>
  of.reduce(
    (sum, month) => sum + pick(months.get(month) ?? { electricity: 0, water: 0, gas: 0, heat: 0 }),
    0,
  );

const peerMonths = 3;
const leastPeers = 5;

/** Times the mean of its like in the figure that is worst, at the end of each month. */
function peerRatios(
  own: Corrected,
  peers: readonly Corrected[],
): readonly { readonly at: number; readonly ratio: number }[] {
  const months = monthsOf(own);
  return months.flatMap((month, n) => {
    if (n < peerMonths - 1) return [];
    const span = months.slice(n - peerMonths + 1, n + 1);
    const last = days.findLastIndex(({ date }) => date.startsWith(month));
    const ratios = peerFigures.map((figure) => {
      const values = peers.map((peer) => figure(peer, span)).filter((value) => value > 0);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.length < leastPeers ? 0 : figure(own, span) / mean;
    });
    return [{ at: startOf(last + 1), ratio: Math.max(...ratios) }];
  });
}

/** From where a site comes near the fifth above until it is back: told for certain where it is well above twice. */
function peerLabels(own: Corrected, peers: readonly Corrected[]): readonly YearLabel[] {
  const labels: YearLabel[] = [];
  let near: { at: number; ratio: number }[] = [];
  const close = () => {
    const [first] = near;
    const above = near.filter(({ ratio }) => ratio > 1.25);
    const must = above.length >= 2;
    const [start] = must ? above : near;
    if (first && start)
      labels.push({
        kind: 'energy.peer',
        subject: own.site.id,
        from: first.at - dayMs,
        to: (near.at(-1)?.at ?? first.at) + 1,
        what: 'peer',
        amount: 0,
        must,
        ...(must ? {} : { why: 'about a fifth above the mean, or once only' }),
      });
    near = [];
  };
  for (const each of peerRatios(own, peers))
    if (each.ratio > 1.15) near.push(each);
    else close();
  close();
  return labels;
}

/** @param uses of all institutions, over the whole year */
export function goalsOf(seed: number, uses: readonly SiteUse[]): Goals {
  const all = uses.map(correct);
  const targets = all.map((use) => targetOf(seed, use));
  const caps = all.map((use) => capOf(seed, use));
  const groups = Map.groupBy(all, ({ site }) => registryKind[site.kind]);
  return {
    targets: targets.map(({ target }) => target),
    caps: caps.map(({ cap }) => cap),
    corrections: all.flatMap(({ correction }) => correction ?? []),
    labels: [
      ...targets.flatMap(({ labels }) => labels),
      ...caps.flatMap(({ labels }) => labels),
      ...all.flatMap(quotaLabels),
      ...all.flatMap((use) => peerLabels(use, groups.get(registryKind[use.site.kind]) ?? [])),
    ],
  };
}
