import type { Meter } from '../model/entities.ts';
import type { Directory } from '../registry/registry.ts';
import type { Surroundings } from './rule.ts';

type AreaOf = NonNullable<Surroundings['floorAreaM2']>;

const known = new WeakMap<Directory, AreaOf>();

/** The floor area a meter stands for. One for each directory, however often it is asked for. */
export function createAreas(directory: Directory): AreaOf {
  const made = known.get(directory) ?? create(directory);
  known.set(directory, made);
  return made;
}

function create(directory: Directory): AreaOf {
  let areas: ReadonlyMap<string, number> | undefined;
  return ({ id }: Meter) => {
    areas ??= areasOf(directory);
    return areas.get(id);
  };
}

/** By meter: of those that are the only one of their medium at the top of a building whose area is known. */
function areasOf(directory: Directory): ReadonlyMap<string, number> {
  const buildings = new Map(directory.all('buildings').map((each) => [each.id, each]));
  const tops = directory
    .all('meters')
    .filter(({ parent, virtual }) => parent === undefined && virtual === undefined);
  const groups = Map.groupBy(tops, ({ building, medium }) => `${medium} ${building}`);
  return new Map(
    [...groups.values()].flatMap(([meter, ...others]) => {
      const area = meter && buildings.get(meter.building)?.floorAreaM2;
      return meter && area !== undefined && others.length === 0 ? [[meter.id, area]] : [];
    }),
  );
}
