import { localTime } from '../model/time.ts';
import type { City } from './city.ts';

/** Made up for a city that does not exist: what its institutions are to use in the year, near to what they do use. */

const zone = 'Asia/Shanghai';
const source = 'made up for the simulated city, no real document';
const hoursOfYear = 8_760;

type Institution = City['institutions'][number];

/** Electricity of a year by the yearly means of the meters. */
function yearlyKwh({ id }: Institution, { meters, buildings }: City): number {
  const own = new Set(buildings.filter((each) => each.institution === id).map((each) => each.id));
  const means = meters
    .filter(({ medium, building }) => medium === 'electricity' && own.has(building))
    .map(({ mean }) => mean);
  return means.reduce((sum, mean) => sum + mean, 0) * hoursOfYear;
}

const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** The base is what is used, so that the target wants a saving; the cap leaves a tenth. */
function goalsOf(institution: Institution, kwh: number, year: number) {
  const { id, floorAreaM2 = 0 } = institution;
  const target = {
    id: `${id}-electricity`,
    institution: id,
    indicator: 'electricity-per-m2-kwh',
    year,
    baseYear: year - 1,
    baseValue: rounded(kwh / floorAreaM2, 3),
    changePct: -3.5,
    source,
  };
  const cap = {
    id: `${id}-electricity`,
    institution: id,
    item: 'electricity-kwh',
    year,
    cap: rounded(kwh * 1.1, 3),
    source,
  };
  const correction = {
    id: `${id}-canteen`,
    institution: id,
    item: 'electricity-kwh',
    from: `${year}-01`,
    to: `${year}-12`,
    amount: -rounded(kwh * 0.02, 2),
    reason: '食堂由外单位承包，其用电不计入（示例）',
    source,
  };
  return { target, cap, correction };
}

/** @param now Unix ms UTC */
export function toGoals(city: City, now: number) {
  const year = Number(localTime(now, zone).date.slice(0, 4));
  const all = city.institutions
    .filter(({ floorAreaM2 = 0 }) => floorAreaM2 > 0)
    .map((institution) => ({ institution, kwh: yearlyKwh(institution, city) }))
    .filter(({ kwh }) => kwh > 0)
    .map(({ institution, kwh }) => goalsOf(institution, kwh, year));
  return {
    targets: all.map(({ target }) => target),
    caps: all.slice(0, 1).map(({ cap }) => cap),
    corrections: all.slice(0, 1).map(({ correction }) => correction),
  };
}
