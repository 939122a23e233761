import type { Directory } from '../registry/registry.ts';
import type { KeptThing, Surroundings } from './rule.ts';

const known = new WeakMap<Directory, ReadonlyMap<KeptThing, ReadonlySet<string>>>();

function look(directory: Directory): ReadonlyMap<KeptThing, ReadonlySet<string>> {
  const dispatched = directory
    .all('dispatches')
    .map(({ vehicle }) => directory.device(vehicle)?.institution.id)
    .filter((id) => id !== undefined);
  const stations = directory
    .all('places')
    .filter(({ kind }) => kind === 'fuel')
    .flatMap(({ institution }) => [...directory.within(institution)]);
  return new Map([
    ['dispatches', new Set(dispatched)],
    ['fuel-stations', new Set(stations)],
  ]);
}

/** Which institutions keep dispatches of their vehicles, and which have fuel stations, of their own or from above. */
export const createKeeps =
  (directory: Directory): NonNullable<Surroundings['keeps']> =>
  (institution, what) => {
    const things = known.get(directory) ?? look(directory);
    known.set(directory, things);
    return things.get(what)?.has(institution) === true;
  };
