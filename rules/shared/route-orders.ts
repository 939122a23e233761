import { type Corridor, endsOf, strandsOf } from '../../fleet/corridor.ts';
import type { Dispatch, Route, Vehicle } from '../../model/entities.ts';
import type { Surroundings } from '../rule.ts';

/** A dispatch with the route it orders. */
export interface Ordered {
  readonly dispatch: Dispatch;
  readonly route: Route;
}

/** The orders that bind the vehicle to a route; none where another of that time leaves it free. */
export function ordersAt(vehicle: Vehicle, at: number, around: Surroundings): readonly Ordered[] {
  const ordered: Ordered[] = [];
  for (const dispatch of around.dispatches(vehicle.id, at)) {
    const route = dispatch.route === undefined ? undefined : around.route(dispatch.route);
    if (!route) return [];
    ordered.push({ dispatch, route });
  }
  return ordered;
}

/** Where those orders let it be: along their routes, around both ends, in its parking place and in the areas they name. */
export function toCorridor(
  ordered: readonly Ordered[],
  vehicle: Vehicle,
  endRadiusM: number,
  around: Surroundings,
): Corridor {
  const placeOf = (id: string | undefined) => (id === undefined ? undefined : around.place(id));
  const areas = ordered.map(({ dispatch }) => placeOf(dispatch.area));
  const places = [placeOf(vehicle.parking), ...areas].filter((place) => place !== undefined);
  const strands = ordered.flatMap(({ route }) => strandsOf(route));
  return { strands, free: [...strands.flatMap(({ line }) => endsOf(line, endRadiusM)), ...places] };
}
