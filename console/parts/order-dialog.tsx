import { useState } from 'react';
import type { TripView } from '../../api/contract.ts';
import { minuteMs } from '../../model/time.ts';
import { useApp, useNow, useSession } from '../lib/app-context.ts';
import {
  freshOrderId,
  mayFileSlip,
  type OrderFields,
  orderBody,
  slipFields,
} from '../lib/dispatches.ts';
import type { DispatchView } from '../lib/trips.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useNames } from '../lib/use-names.ts';
import { FormDialog, textIn } from './form-dialog.tsx';
import { VehicleOptions } from './vehicle-options.tsx';

interface FieldsProps {
  readonly fields: OrderFields;
  readonly vehicle: string;
  readonly zone: string;
  /** The vehicle stays what it is. */
  readonly isOfTrip: boolean;
  readonly choose: (vehicle: string) => void;
}

const byName = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => a.name.localeCompare(b.name, 'zh'));

/** A place or a route to choose, or none. */
function Where({
  name,
  label,
  value,
  options,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly id: string; readonly name: string }[];
}) {
  const { texts } = useApp();
  return (
    <label>
      {label}
      <select name={name} defaultValue={value}>
        <option value="">{texts.dispatches.any}</option>
        {byName(options).map((item) => (
          <option key={item.id} value={item.id}>
            {item.name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Fields({ fields, vehicle, zone, isOfTrip, choose }: FieldsProps) {
  const { texts } = useApp();
  const words = texts.dispatches;
  const routes = useEntities('routes').data?.items ?? [];
  const places = useEntities('places').data?.items ?? [];
  const time = (name: 'from' | 'to') => (
    <label>
      {words[name]} ({zone})
      <input name={name} type="datetime-local" required defaultValue={fields[name]} />
    </label>
  );
  return (
    <>
      <label>
        {words.vehicle}
        <select
          name="vehicle"
          required
          disabled={isOfTrip}
          value={vehicle}
          onChange={({ target }) => choose(target.value)}
        >
          <VehicleOptions />
        </select>
      </label>
      <label>
        {words.driver}
        <input name="driver" maxLength={200} defaultValue={fields.driver} />
      </label>
      <div className="two">
        {time('from')}
        {time('to')}
      </div>
      <div className="two">
        <Where name="route" label={words.route} value={fields.route} options={routes} />
        <Where
          name="area"
          label={words.area}
          value={fields.area}
          options={places.filter(({ kind }) => kind === 'area')}
        />
      </div>
      <div className="two">
        <label>
          {words.passengers}
          <input
            name="passengers"
            type="number"
            min="0"
            max="1000"
            defaultValue={fields.passengers}
          />
        </label>
        <label>
          {words.distance}
          <input
            name="distanceKm"
            type="number"
            min="0"
            step="any"
            defaultValue={fields.distanceKm}
          />
        </label>
      </div>
      <label>
        {words.purpose}
        <textarea name="purpose" rows={2} maxLength={200} defaultValue={fields.purpose} />
      </label>
    </>
  );
}

interface DialogProps {
  readonly label: string;
  readonly isPrimary?: boolean;
  /** What it says at first. */
  readonly fields: () => OrderFields;
  /** What is changed; undefined for a new one. */
  readonly before?: DispatchView;
  /** A slip about a trip: it is filed now. */
  readonly isSlip?: boolean;
  readonly done: () => void;
}

/** An order being given, changed, or filed after its trip. */
export function OrderDialog({ label, isPrimary, fields, before, isSlip, done }: DialogProps) {
  const { api, texts } = useApp();
  const names = useNames();
  const vehicles = useEntities('vehicles').data;
  const [first] = useState(fields);
  const [vehicle, choose] = useState(first.vehicle);
  const zone = names.zone(vehicles?.byId.get(vehicle)?.institution ?? '');
  const send = (form: FormData): Promise<unknown> => {
    const filled: OrderFields = {
      vehicle,
      driver: textIn(form, 'driver'),
      from: textIn(form, 'from'),
      to: textIn(form, 'to'),
      route: textIn(form, 'route'),
      area: textIn(form, 'area'),
      passengers: textIn(form, 'passengers'),
      distanceKm: textIn(form, 'distanceKm'),
      purpose: textIn(form, 'purpose'),
    };
    const body = orderBody(filled, zone, before);
    return before
      ? api.patch(`/dispatches/${encodeURIComponent(before.id)}`, body)
      : api.post('/dispatches', { id: freshOrderId(filled.from), ...body });
  };
  return (
    <FormDialog
      label={label}
      isPrimary={isPrimary ?? false}
      save={isSlip ? texts.dispatches.file : texts.dispatches.save}
      send={send}
      done={done}
    >
      {isSlip && <p className="faint small">{texts.dispatches.slipHint}</p>}
      <Fields
        fields={first}
        vehicle={vehicle}
        zone={zone}
        isOfTrip={isSlip ?? false}
        choose={choose}
      />
    </FormDialog>
  );
}

interface SlipProps {
  readonly trip: TripView;
  readonly zone: string;
  readonly done: () => void;
}

/** A slip for a trip that has no order: for who may, while it still counts. */
export function SlipDialog({ trip, zone, done }: SlipProps) {
  const { texts } = useApp();
  const { me } = useSession();
  const now = useNow(minuteMs);
  if (!me.writes.includes('dispatches') || !mayFileSlip(trip, now)) return null;
  return (
    <div className="slip">
      <OrderDialog
        label={texts.dispatches.slip}
        fields={() => slipFields(trip, zone, now)}
        isSlip
        done={done}
      />
    </div>
  );
}
