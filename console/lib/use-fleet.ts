import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Position } from '../../api/contract.ts';
import { useLive } from './app-context.ts';
import { useEntities, usePositions } from './use-lists.ts';
import { byPlate, type VehicleRow, vehicleRows } from './vehicles.ts';

export interface Fleet {
  readonly rows: readonly VehicleRow[] | undefined;
  readonly error: unknown;
  reload(): void;
}

/** Puts a position among the latest, unless a newer one is there. */
function putPosition(positions: Map<string, Position>, position: Position): void {
  const known = positions.get(position.vehicle);
  if (!known || Date.parse(known.at) <= Date.parse(position.at))
    positions.set(position.vehicle, position);
}

/** Every vehicle with where it is, following the live stream; drawn anew at most every `everyMs`. */
export function useFleet(everyMs: number): Fleet {
  const vehicles = useEntities('vehicles');
  const loaded = usePositions();
  const [positions, setPositions] = useState<ReadonlyMap<string, Position>>();
  const pending = useRef<Position[]>([]);
  useLive(
    'position',
    useCallback((data) => void pending.current.push(data as Position), []),
  );
  useEffect(() => setPositions(loaded.data), [loaded.data]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (pending.current.length === 0) return;
      const moved = pending.current.splice(0);
      setPositions((before) => {
        if (!before) return before;
        const next = new Map(before);
        for (const position of moved) putPosition(next, position);
        return next;
      });
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  const sorted = useMemo(() => vehicles.data && byPlate(vehicles.data.items), [vehicles.data]);
  const rows = useMemo(
    () => sorted && positions && vehicleRows(sorted, positions),
    [sorted, positions],
  );
  const reload = () => {
    vehicles.reload();
    loaded.reload();
  };
  return { rows, error: vehicles.error ?? loaded.error, reload };
}
