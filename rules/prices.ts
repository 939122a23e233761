import { pricesOf } from '../energy/tariff.ts';
import { tariffsOf } from '../energy/tariff-of.ts';
import type { Institution } from '../model/entities.ts';
import type { Medium } from '../model/metrics.ts';
import type { Tariff } from '../model/tariff.ts';
import { hourMs } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';
import type { Surroundings } from './rule.ts';

const known = new WeakMap<Directory, NonNullable<Surroundings['price']>>();

/** What a unit of a medium costs. One for each directory, however often it is asked for. */
export function createPrices(directory: Directory): NonNullable<Surroundings['price']> {
  const made = known.get(directory) ?? create(directory);
  known.set(directory, made);
  return made;
}

function create(directory: Directory): NonNullable<Surroundings['price']> {
  let byInstitution: ReadonlyMap<string, readonly Tariff[]> | undefined;
  const found = new Map<string, Map<number, number | undefined>>();
  const hoursOf = (institution: Institution, medium: Medium) => {
    const key = `${institution.id} ${medium}`;
    const hours = found.get(key) ?? new Map<number, number | undefined>();
    found.set(key, hours);
    return hours;
  };
  /** Readings of a meter mostly come in one hour. */
  let last: Last | undefined;

  return (institution: Institution, medium: Medium, at: number) => {
    if (medium === 'environment') return undefined;
    const start = Math.floor(at / hourMs) * hourMs;
    if (last?.institution !== institution || last.medium !== medium)
      last = { institution, medium, hours: hoursOf(institution, medium) };
    const { hours } = last;
    if (!hours.has(start)) {
      if (hours.size > mostHours) hours.clear();
      byInstitution ??= Map.groupBy(directory.all('tariffs'), (tariff) => tariff.institution);
      const tariffs = tariffsOf(institution, medium, byInstitution, (id) =>
        directory.institution(id),
      );
      const hour = pricesOf(tariffs, start, start + hourMs, institution.timeZone);
      hours.set(start, meanOf(hour));
    }
    return hours.get(start);
  };
}

/** Whose price was asked last. */
interface Last {
  readonly institution: Institution;
  readonly medium: Medium;
  readonly hours: Map<number, number | undefined>;
}

/** Of one institution and medium, that are kept. */
const mostHours = 1_000;

/** Of the hour, weighed by time; undefined where a part has no price. */
function meanOf(pieces: readonly { from: number; to: number; yuanPerUnit: number }[]) {
  const covered = pieces.reduce((sum, { from, to }) => sum + to - from, 0);
  if (covered < hourMs) return undefined;
  return (
    pieces.reduce((sum, { from, to, yuanPerUnit }) => sum + (to - from) * yuanPerUnit, 0) / hourMs
  );
}
