import type { Position } from '../../api/contract.ts';
import type { Vehicle } from '../../model/entities.ts';

export type VehicleState = 'moving' | 'idling' | 'parked' | 'offline';
export const vehicleStates = [
  'moving',
  'idling',
  'parked',
  'offline',
] as const satisfies readonly VehicleState[];

/** Slower than this a receiver standing still may seem to crawl. */
const movingFromKmh = 3;

export function vehicleState(
  position: Pick<Position, 'online' | 'speedKmh' | 'acc'> | undefined,
): VehicleState {
  if (!position?.online) return 'offline';
  if ((position.speedKmh ?? 0) >= movingFromKmh) return 'moving';
  return position.acc === true ? 'idling' : 'parked';
}

export interface VehicleRow {
  readonly vehicle: Vehicle;
  readonly position: Position | undefined;
  readonly state: VehicleState;
}

const matches = (vehicle: Vehicle, search: string) =>
  [vehicle.plate, vehicle.name ?? '', vehicle.id].some((text) =>
    text.toLowerCase().includes(search),
  );

const collator = new Intl.Collator('zh', { numeric: true });

export const byPlate = (vehicles: readonly Vehicle[]): Vehicle[] =>
  [...vehicles].sort((a, b) => collator.compare(a.plate, b.plate));

/** Vehicles with where they are, those that move first, else in the order given. */
export function vehicleRows(
  vehicles: readonly Vehicle[],
  positions: ReadonlyMap<string, Position>,
): VehicleRow[] {
  const groups: Record<VehicleState, VehicleRow[]> = {
    moving: [],
    idling: [],
    parked: [],
    offline: [],
  };
  for (const vehicle of vehicles) {
    const position = positions.get(vehicle.id);
    const state = vehicleState(position);
    groups[state].push({ vehicle, position, state });
  }
  return vehicleStates.flatMap((state) => groups[state]);
}

const isIn = (state: VehicleState, wanted: VehicleState | 'online' | undefined) =>
  wanted === undefined || (wanted === 'online' ? state !== 'offline' : state === wanted);

export function filterVehicles(
  rows: readonly VehicleRow[],
  search: string,
  state: VehicleState | 'online' | undefined,
): VehicleRow[] {
  const wanted = search.trim().toLowerCase();
  return rows.filter(
    (row) => isIn(row.state, state) && (wanted === '' || matches(row.vehicle, wanted)),
  );
}

export function countStates(rows: readonly VehicleRow[]): Record<VehicleState, number> {
  const counts = { moving: 0, idling: 0, parked: 0, offline: 0 };
  for (const row of rows) counts[row.state]++;
  return counts;
}
