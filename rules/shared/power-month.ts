import { type CounterLimits, differenceOf } from '../../energy/counter.ts';
import type { Sample } from '../../model/observation.ts';
import { hourMs } from '../../model/time.ts';

/** Active and reactive energy of a month so far. Plain JSON. */
export interface PowerMonth {
  /** YYYY-MM of the institution's zone. */
  readonly month: string;
  readonly kwh: number;
  readonly kvarh: number;
  /** How long it was counted. */
  readonly ms: number;
  /** What the active energy cost; null where a part has no price. */
  readonly yuan: number | null;
}

/** What a reading says of active and reactive power. Plain JSON. */
export interface PowerReading {
  readonly at: number;
  /** Counters: active import, and reactive both ways. */
  readonly kwh: number | null;
  readonly kvarh: number | null;
  readonly kw: number | null;
  readonly kvar: number | null;
}

export const newPowerMonth = (month: string): PowerMonth => ({
  month,
  kwh: 0,
  kvarh: 0,
  ms: 0,
  yuan: 0,
});

/** Without voltage or load a power factor says nothing. */
const leastFactor = 0.05;

/** cos φ of this moment, whichever way it lags; null where nothing says it. */
export function factorOf(values: Sample['values']): number | null {
  const { power_factor: factor, power_kw: kw, reactive_power_kvar: kvar } = values;
  if (factor !== undefined) return Math.abs(factor) < leastFactor ? null : Math.abs(factor);
  if (kw === undefined || kw === 0) return null;
  if (kvar !== undefined) return Math.abs(kw) / Math.hypot(kw, kvar);
  const { apparent_power_kva: kva } = values;
  return kva === undefined || kva < Math.abs(kw) ? null : Math.abs(kw) / kva;
}

export function toPowerReading({ at, values }: Sample): PowerReading {
  const { reactive_import_kvarh: lagging, reactive_export_kvarh: leading = 0 } = values;
  const kw = values.power_kw ?? null;
  const factor = factorOf(values);
  const kvar = kw === null || factor === null ? null : kw * Math.tan(Math.acos(factor));
  return {
    at,
    kwh: values.energy_import_kwh ?? null,
    kvarh: lagging === undefined ? null : lagging + leading,
    kw,
    kvar,
  };
}

/** So many times what the circuit can carry is a wrong reading, which takes itself back. */
const incredible = 2;

interface Used {
  readonly kwh: number;
  readonly kvarh: number;
}

/** By the counters where both are there, otherwise by the power at both ends; null where it is not known, or energy flowed out. */
function usedBetween(
  before: PowerReading,
  after: PowerReading,
  limits: CounterLimits,
): Used | null {
  const ms = after.at - before.at;
  if (before.kwh !== null && before.kvarh !== null && after.kwh !== null && after.kvarh !== null) {
    const active = differenceOf(before.kwh, after.kwh, ms, limits);
    const reactive = differenceOf(before.kvarh, after.kvarh, ms, limits);
    if (active.type !== 'used' || reactive.type !== 'used') return null;
    const most = incredible * ((limits.maxPerHour ?? Number.POSITIVE_INFINITY) * (ms / hourMs));
    const isWrong = active.value > most || reactive.value > most;
    return isWrong ? null : { kwh: active.value, kvarh: reactive.value };
  }
  if (ms > limits.maxGapMs || before.kw === null || after.kw === null) return null;
  if (before.kvar === null || after.kvar === null || before.kw < 0 || after.kw < 0) return null;
  const hours = ms / hourMs;
  return {
    kwh: ((before.kw + after.kw) / 2) * hours,
    kvarh: ((before.kvar + after.kvar) / 2) * hours,
  };
}

/** With what was used between two readings of the same month. @param yuanPerKwh undefined where nobody knows */
export function addUsed(
  month: PowerMonth,
  before: PowerReading,
  after: PowerReading,
  limits: CounterLimits,
  yuanPerKwh: number | undefined,
): PowerMonth {
  const used = usedBetween(before, after, limits);
  if (!used) return month;
  const yuan =
    month.yuan === null || yuanPerKwh === undefined ? null : month.yuan + used.kwh * yuanPerKwh;
  return {
    month: month.month,
    kwh: month.kwh + used.kwh,
    kvarh: month.kvarh + used.kvarh,
    ms: month.ms + after.at - before.at,
    yuan,
  };
}

/** Mean power and cos φ between two readings of the counters; null where they do not say it, or lie too far apart. */
export function paceBetween(
  before: PowerReading,
  after: PowerReading,
  limits: CounterLimits,
): { readonly kw: number; readonly factor: number } | null {
  const ms = after.at - before.at;
  const used = ms > 0 && ms <= limits.maxGapMs ? usedBetween(before, after, limits) : null;
  if (!used || used.kwh <= 0) return null;
  return { kw: (used.kwh * hourMs) / ms, factor: used.kwh / Math.hypot(used.kwh, used.kvarh) };
}

/** Mean cos φ by energies, as it is billed; null before anything is counted. */
export const meanFactor = ({ kwh, kvarh }: PowerMonth): number | null =>
  kwh > 0 ? kwh / Math.hypot(kwh, kvarh) : null;

/**
 * What a power factor below the wanted one adds to the bill, in %: for each hundredth ½ down to 20 hundredths below, 1 for the next 5, then 2.
 * 功率因数调整电费办法, (83)水电财字第 215 号, after transcriptions that agree; factors are rounded to hundredths.
 */
export function surchargePct(factor: number, wanted: number): number {
  const missing = Math.round(wanted * 100) - Math.round(factor * 100);
  if (missing <= 0) return 0;
  const [first, second] = [Math.min(missing, 20), Math.min(Math.max(missing - 20, 0), 5)];
  return first / 2 + second + 2 * Math.max(missing - 25, 0);
}
