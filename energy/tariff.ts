import {
  dayMinutes,
  isWithin,
  minuteOfDay,
  priceOf,
  type Tariff,
  type TariffBand,
} from '../model/tariff.ts';
import { localTime, minuteMs } from '../model/time.ts';

/** A stretch of time within one band of a tariff. Unix ms UTC, `to` exclusive. */
export interface Priced {
  readonly from: number;
  readonly to: number;
  readonly tariff: string;
  readonly band: TariffBand;
  readonly yuanPerUnit: number;
}

/** Clocks change at whole quarters of an hour, so that no band is carried over a change. */
const longestStepMs = 15 * minuteMs;

const nextQuarter = (at: number): number => (Math.floor(at / longestStepMs) + 1) * longestStepMs;

interface Found {
  readonly tariff: string;
  readonly band: TariffBand;
  readonly yuanPerUnit: number;
  /** Minutes until the period ends. */
  readonly leftMinutes: number;
}

function bandAt(tariffs: readonly Tariff[], date: string, minute: number): Found | undefined {
  const tariff = tariffs.find(
    ({ validFrom, validTo }) => validFrom <= date && (validTo === undefined || date < validTo),
  );
  const month = Number(date.slice(5, 7));
  const season = tariff?.seasons.find(({ months }) => months.includes(month));
  const period = season?.periods.find((each) => isWithin(each, minute));
  if (!tariff || !season || !period) return undefined;
  const yuanPerUnit = priceOf(tariff, season, period.band);
  if (yuanPerUnit === undefined) return undefined;
  const end = minuteOfDay(period.to) ?? dayMinutes;
  // A period that goes on over midnight is looked up anew there: another day may have another tariff.
  const leftMinutes = (end > minute ? end : dayMinutes) - minute;
  return { tariff: tariff.id, band: period.band, yuanPerUnit, leftMinutes };
}

/**
 * The bands of a stretch of time, ascending; parts that no tariff covers are not in it.
 *
 * @param tariffs checked, no two in force on one day
 */
export function pricesOf(
  tariffs: readonly Tariff[],
  from: number,
  to: number,
  zone: string,
): readonly Priced[] {
  const pieces: Priced[] = [];
  let at = from;
  while (at < to) {
    const { date, hour, minute } = localTime(at, zone);
    const found = bandAt(tariffs, date, hour * 60 + minute);
    const minuteStart = Math.floor(at / minuteMs) * minuteMs;
    const bandEnd = found ? minuteStart + found.leftMinutes * minuteMs : to;
    const end = Math.min(to, bandEnd, nextQuarter(at));
    if (found) {
      const { tariff, band, yuanPerUnit } = found;
      const last = pieces.at(-1);
      const goesOn = last?.to === at && last.tariff === tariff && last.band === band;
      if (last && goesOn && last.yuanPerUnit === yuanPerUnit)
        pieces[pieces.length - 1] = { ...last, to: end };
      else pieces.push({ from: at, to: end, tariff, band, yuanPerUnit });
    }
    at = end;
  }
  return pieces;
}
