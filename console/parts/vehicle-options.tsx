import { useApp } from '../lib/app-context.ts';
import { useEntities } from '../lib/use-lists.ts';
import { byPlate } from '../lib/vehicles.ts';

/** Of a select: no vehicle yet, or any by its plate. */
export function VehicleOptions() {
  const { texts } = useApp();
  const vehicles = useEntities('vehicles').data?.items ?? [];
  return (
    <>
      <option value="">{texts.places.choose}</option>
      {byPlate(vehicles).map(({ id, plate }) => (
        <option key={id} value={id}>
          {plate}
        </option>
      ))}
    </>
  );
}
