import { type Tariff, type TariffBand, tariffBands } from '../model/tariff.ts';
import { type HourQuality, worstQuality } from './quality.ts';
import { type Priced, pricesOf } from './tariff.ts';

/** What electricity cost by a time-of-use tariff, with what is not known about it. */

/** Electricity of a stretch of time, at most an hour. Unix ms UTC, `to` exclusive. */
export interface Used {
  readonly from: number;
  readonly to: number;
  /** Null where missing. */
  readonly kwh: number | null;
  readonly quality: HourQuality;
  /** Where parts were taken away from each other: what is not measured of one may lie elsewhere than of another, and their difference between these. */
  readonly within?: { readonly lower: number | null; readonly upper: number | null };
}

export interface BandCost {
  readonly band: TariffBand;
  readonly kwh: number;
  readonly yuan: number;
}

/**
 * `yuan` is the cost of what is known, as it was spread over time. What was used in a gap may all have been used in its cheapest or its dearest
 * band: between `lowerYuan` and `upperYuan` is what the whole can have cost; `upperYuan` is null where something is not known at all, and `lowerYuan`
 * where that was taken away.
 */
export interface Cost {
  readonly yuan: number;
  readonly lowerYuan: number | null;
  readonly upperYuan: number | null;
  /** Known electricity at times no tariff covers; it is in none of the sums. */
  readonly unpricedKwh: number;
  readonly bands: readonly BandCost[];
  readonly quality: HourQuality;
  /** Time without a value. */
  readonly missingMs: number;
  /** Ids, in order of use. */
  readonly tariffs: readonly string[];
}

/** What is known and has a price, of one stretch or of neighbouring ones whose sum is known better than they are. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly isEstimated: boolean;
  readonly leastKwh: number;
  readonly mostKwh: number;
  readonly lowestYuanPerKwh: number;
  readonly highestYuanPerKwh: number;
}

/** @param share of the stretch that has a price */
function partOf(used: Used, kwh: number, share: number, prices: readonly Priced[]): Part {
  const { from, to, quality, within } = used;
  const each = prices.map(({ yuanPerUnit }) => yuanPerUnit);
  const apart = quality === 'measured' ? undefined : within;
  return {
    from,
    to,
    isEstimated: quality === 'estimated' && !apart,
    leastKwh: share * (apart?.lower ?? kwh),
    mostKwh: share * (apart?.upper ?? kwh),
    lowestYuanPerKwh: Math.min(...each),
    highestYuanPerKwh: Math.max(...each),
  };
}

/** Less than 0 costs least where it is dearest. */
const leastYuan = ({ leastKwh, lowestYuanPerKwh, highestYuanPerKwh }: Part): number =>
  leastKwh * (leastKwh < 0 ? highestYuanPerKwh : lowestYuanPerKwh);

const mostYuan = ({ mostKwh, lowestYuanPerKwh, highestYuanPerKwh }: Part): number =>
  mostKwh * (mostKwh < 0 ? lowestYuanPerKwh : highestYuanPerKwh);

/** Neighbours that are estimated become one: how a gap's total lies in it is not known. */
function runsOf(parts: readonly Part[]): readonly Part[] {
  const runs: Part[] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    if (last?.isEstimated && part.isEstimated && last.to === part.from) {
      runs[runs.length - 1] = {
        ...last,
        to: part.to,
        leastKwh: last.leastKwh + part.leastKwh,
        mostKwh: last.mostKwh + part.mostKwh,
        lowestYuanPerKwh: Math.min(last.lowestYuanPerKwh, part.lowestYuanPerKwh),
        highestYuanPerKwh: Math.max(last.highestYuanPerKwh, part.highestYuanPerKwh),
      };
    } else runs.push(part);
  }
  return runs;
}

/** @param isOpen whether something is not known beside the runs, above and below */
function boundsOf(
  runs: readonly Part[],
  { from, to }: Pick<Part, 'from' | 'to'>,
  isOpen: { readonly above: boolean; readonly below: boolean },
) {
  // Of a gap that goes on outside, it is not known how much lies within.
  const isCut = (run: Part) => run.isEstimated && (run.from === from || run.to === to);
  const whole = runs.filter((run) => !isCut(run));
  const sum = (of: (run: Part) => number) => whole.reduce((total, run) => total + of(run), 0);
  return {
    lowerYuan: isOpen.below ? null : sum(leastYuan),
    upperYuan: isOpen.above || whole.length < runs.length ? null : sum(mostYuan),
  };
}

/** Whether more may have been used, or less, than a stretch says. */
function openness({ kwh, quality, within }: Used) {
  const isUnknown = quality === 'reset' || quality === 'replaced' || kwh === null;
  const isApart = within !== undefined && quality !== 'measured';
  return {
    above: isApart ? kwh === null || within.upper === null : isUnknown,
    below: isApart && (kwh === null || within.lower === null),
  };
}

/** In order of the bands. */
function byBand(shares: readonly BandCost[]): readonly BandCost[] {
  return tariffBands.flatMap((band) => {
    const same = shares.filter((share) => share.band === band);
    const kwh = same.reduce((sum, share) => sum + share.kwh, 0);
    const yuan = same.reduce((sum, share) => sum + share.yuan, 0);
    return same.length === 0 ? [] : [{ band, kwh, yuan }];
  });
}

const lengthOf = (stretches: readonly { readonly from: number; readonly to: number }[]): number =>
  stretches.reduce((sum, { from, to }) => sum + to - from, 0);

/**
 * @param series ascending, without overlap
 * @param tariffs checked, no two in force on one day
 * @param zone of the times of day in the tariffs
 */
export function costOf(series: readonly Used[], tariffs: readonly Tariff[], zone: string): Cost {
  const parts: Part[] = [];
  const shares: BandCost[] = [];
  const names = new Set<string>();
  let unpricedKwh = 0;
  const isOpen = { above: series.length === 0, below: false };
  for (const used of series) {
    const { from, to, kwh } = used;
    const { above, below } = openness(used);
    isOpen.above ||= above;
    isOpen.below ||= below;
    if (kwh === null) continue;
    const prices = pricesOf(tariffs, from, to, zone);
    const priced = lengthOf(prices) / (to - from);
    for (const piece of prices) {
      const share = (kwh * (piece.to - piece.from)) / (to - from);
      shares.push({ band: piece.band, kwh: share, yuan: share * piece.yuanPerUnit });
      names.add(piece.tariff);
    }
    if (priced < 1) {
      unpricedKwh += kwh * (1 - priced);
      isOpen.above = true;
      isOpen.below ||= used.within !== undefined;
    }
    if (prices.length > 0) parts.push(partOf(used, kwh, priced, prices));
  }
  const bands = byBand(shares);
  const whole = { from: series[0]?.from ?? 0, to: series.at(-1)?.to ?? 0 };
  return {
    yuan: bands.reduce((sum, { yuan }) => sum + yuan, 0),
    ...boundsOf(runsOf(parts), whole, isOpen),
    unpricedKwh,
    bands,
    quality: worstQuality(series.map(({ quality }) => quality)),
    missingMs: lengthOf(series.filter(({ kwh }) => kwh === null)),
    tariffs: [...names],
  };
}

/** Of several meters together. */
export function sumCosts(costs: readonly Cost[]): Cost {
  const sum = (of: (cost: Cost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  const isOpen = costs.length === 0 || costs.some(({ upperYuan }) => upperYuan === null);
  const isOpenBelow = costs.some(({ lowerYuan }) => lowerYuan === null);
  return {
    yuan: sum(({ yuan }) => yuan),
    lowerYuan: isOpenBelow ? null : sum(({ lowerYuan }) => lowerYuan ?? 0),
    upperYuan: isOpen ? null : sum(({ upperYuan }) => upperYuan ?? 0),
    unpricedKwh: sum(({ unpricedKwh }) => unpricedKwh),
    bands: byBand(costs.flatMap(({ bands }) => bands)),
    quality: worstQuality(costs.map(({ quality }) => quality)),
    missingMs: sum(({ missingMs }) => missingMs),
    tariffs: [...new Set(costs.flatMap(({ tariffs }) => tariffs))],
  };
}
