import { AppError } from '../model/errors.ts';
import type { Calibre, EnergyItem, FactorRow, FactorSet, Grid } from './factor-set.ts';

/** Choosing factors: by what, by when, and of standard coal by calibre. */

/** A factor with where it comes from. */
export interface Factor {
  /** kgce or kg CO2 for each `per`. */
  readonly value: number;
  readonly per: FactorRow['per'];
  /** Name of its set. */
  readonly set: string;
  readonly source: FactorSet['source'];
  readonly verified: boolean;
}

/** Where and how electricity is counted as CO2. */
export interface GridChoice {
  readonly grid: Grid;
  /** Division code of the institution (GB/T 2260, 6 digits). */
  readonly division?: string;
}

export interface FactorBook {
  readonly sets: readonly FactorSet[];
  /**
   * Standard coal of the item on a day.
   * @param date YYYY-MM-DD of the institution's zone
   * @throws AppError `INPUT_INVALID` where no set of the calibre is valid on that day, or it has no such item
   */
  coal(item: EnergyItem, calibre: Calibre, date: string): Factor;
  /**
   * CO2 of the item on a day.
   * @throws AppError `INPUT_INVALID` where there is no factor then, not for that grid, or the institution has no division
   */
  co2(item: EnergyItem, date: string, choice: GridChoice): Factor;
}

const isValid = ({ validFrom, validTo }: FactorSet, date: string): boolean =>
  validFrom <= date && (validTo === undefined || date < validTo);

const toFactor = (set: FactorSet, { value, per, verified }: FactorRow): Factor => ({
  value,
  per,
  set: set.name,
  source: set.source,
  verified,
});

const invalid = (path: string, message: string): AppError =>
  new AppError('INPUT_INVALID', `${path}: ${message}`, { faults: [{ path, message }] });

const isIn = ({ divisions }: FactorRow, division: string | undefined): boolean =>
  divisions === undefined || (division !== undefined && divisions.includes(division.slice(0, 2)));

/** @throws Error where two sets of the same kind are valid on the same day */
function checkApart(sets: readonly FactorSet[]): void {
  for (const [n, set] of sets.entries()) {
    const rival = sets.slice(0, n).find((other) => isRival(set, other));
    if (rival) throw new Error(`factor sets ${rival.name} and ${set.name} overlap in time`);
  }
}

function isRival(a: FactorSet, b: FactorSet): boolean {
  const isSameKind =
    a.quantity === b.quantity &&
    a.calibre === b.calibre &&
    (a.quantity === 'kgce' || a.rows.some(({ item }) => b.rows.some((row) => row.item === item)));
  const isApart =
    (a.validTo !== undefined && a.validTo <= b.validFrom) ||
    (b.validTo !== undefined && b.validTo <= a.validFrom);
  return isSameKind && !isApart;
}

/**
 * @param sets no two of standard coal of one calibre, and no two of CO2 with the same item, may be valid on the same day
 * @throws Error where two are
 */
export function createFactorBook(sets: readonly FactorSet[]): FactorBook {
  checkApart(sets);
  return {
    sets,
    coal(item, calibre, date) {
      const set = sets.find((each) => each.calibre === calibre && isValid(each, date));
      if (!set) throw invalid('year', `there is no ${calibre} factor set for ${date}`);
      const row = set.rows.find((each) => each.item === item);
      if (!row) throw invalid('calibre', `${set.name} has no ${item}`);
      return toFactor(set, row);
    },
    co2(item, date, { grid, division }) {
      const wanted = item === 'electricity' ? grid : 'national';
      const fits = (row: FactorRow) =>
        row.item === item && row.grid === wanted && isIn(row, division);
      const valid = sets.filter((each) => each.quantity === 'kgco2' && isValid(each, date));
      for (const set of valid) {
        const row = set.rows.find(fits);
        if (row) return toFactor(set, row);
      }
      if (wanted === 'national')
        throw invalid('year', `there is no CO2 factor of ${item} for ${date}`);
      throw invalid(
        'grid',
        division === undefined
          ? `the institution has no division code, which a ${wanted} factor needs`
          : `there is no ${wanted} factor of division ${division} for ${date}`,
      );
    },
  };
}
