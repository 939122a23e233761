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
  const found = new Map<string, number | undefined>();

  return (institution: Institution, medium: Medium, at: number) => {
    if (medium === 'environment') return undefined;
    const start = Math.floor(at / hourMs) * hourMs;
    const key = `${institution.id} ${medium} ${start}`;
    if (!found.has(key)) {
      if (found.size > mostKnown) found.clear();
      byInstitution ??= Map.groupBy(directory.all('tariffs'), (tariff) => tariff.institution);
      const tariffs = tariffsOf(institution, medium, byInstitution, (id) =>
        directory.institution(id),
      );
      const hour = pricesOf(tariffs, start, start + hourMs, institution.timeZone);
      found.set(key, meanOf(hour));
    }
    return found.get(key);
  };
}

const mostKnown = 10_000;

/** Of the hour, weighed by time; undefined where a part has no price. */
function meanOf(pieces: readonly { from: number; to: number; yuanPerUnit: number }[]) {
  const covered = pieces.reduce((sum, { from, to }) => sum + to - from, 0);
  if (covered < hourMs) return undefined;
  return (
    pieces.reduce((sum, { from, to, yuanPerUnit }) => sum + (to - from) * yuanPerUnit, 0) / hourMs
  );
}
