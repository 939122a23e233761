import { countReading, type HourlyState, newHourly } from '../../energy/hourly.ts';
import { createCalendar } from '../../model/calendar.ts';
import type { Dispatch, Meter, Vehicle } from '../../model/entities.ts';
import { counterOf } from '../../model/metrics.ts';
import type { Accepted, Observation } from '../../model/observation.ts';
import { dayMs, parseInstant } from '../../model/time.ts';
import type { RuleKind, Surroundings } from '../../rules/rule.ts';
import { limitsOf } from '../../rules/shared/limits.ts';
import { type City, createCity } from '../../simulators/city.ts';
import { createFaultBook, type FaultBook } from '../../simulators/faults.ts';
import { toInventory } from '../../simulators/inventory.ts';
import { createMeters } from '../../simulators/meter.ts';
import { createFleet } from '../../simulators/vehicle.ts';
import { institution } from '../rules/world.ts';

/** Monday, 0:00 in Shanghai; no holidays in the four weeks after it. */
export const monday = Date.parse('2026-10-19T00:00:00+08:00');

export function aTown(
  seed = 1,
  faults: FaultBook = createFaultBook(),
  institutions = 6,
  terminals = 0,
) {
  const city = createCity({ seed, institutions, terminals });
  return { city, faults, meters: createMeters(city, faults), fleet: createFleet(city, faults) };
}

export type TestTown = ReturnType<typeof aTown>;

/** Meters and vehicles as the registry would have them. */
export function thingsOf(city: City, now: number) {
  const inventory = toInventory(city, { modbusPort: 5020, now, pastDays: 4, aheadDays: 4 });
  const meters = inventory.meters.flatMap((each): readonly Meter[] => {
    // A virtual meter says nothing.
    if ('virtual' in each) return [];
    const { mqtt: _, modbus: __, ...rest } = { mqtt: undefined, modbus: undefined, ...each };
    return [{ ctRatio: 1, ptRatio: 1, ...rest }];
  });
  const vehicles = inventory.vehicles.map(
    ({ mqtt: _, ...rest }): Vehicle => ({ exempt: [], sealed: [], ...rest }),
  );
  const dispatches = inventory.dispatches.map(
    ({ from, to, ...rest }): Dispatch => ({
      ...rest,
      from: parseInstant(from) ?? 0,
      to: parseInstant(to) ?? 0,
    }),
  );
  return { meters, vehicles, dispatches };
}

export function surroundingsOf(city: City, now: number): Surroundings {
  const dispatches = Map.groupBy(thingsOf(city, now).dispatches, ({ vehicle }) => vehicle);
  return {
    day: createCalendar(new Map()),
    dispatches: (vehicle: string, at: number) =>
      (dispatches.get(vehicle) ?? []).filter(({ from, to }) => from <= at && at < to),
    route: (id: string) => city.routes.find((each) => each.id === id),
    replacements: () => [],
    place: (id: string) => city.places.find((each) => each.id === id),
    listeningSince: 0,
  } as unknown as Surroundings;
}

/** The hours of a meter as the engine hands them to its rules. */
function countOn(state: HourlyState, event: Accepted, meter: Meter) {
  const metric = counterOf[meter.medium];
  const value = event.type === 'sample' && metric !== null ? event.values[metric] : undefined;
  if (value === undefined) return undefined;
  const step = countReading(state, { at: event.at, value }, limitsOf(meter));
  return { ...step, running: step.state.open };
}

/** What a rule says of a device's story. */
export function judge<P, S>(
  kind: RuleKind<P, S>,
  subject: { readonly meter: Meter } | { readonly vehicle: Vehicle },
  story: Iterable<Observation>,
  around: Surroundings,
) {
  const params = kind.params.parse({});
  const about =
    'meter' in subject
      ? { type: 'meter' as const, ...subject, institution }
      : { type: 'vehicle' as const, ...subject, institution };
  let state = kind.initial();
  let counted = newHourly;
  return [...story].flatMap((observation) => {
    const event: Accepted = { ...observation, seq: 1, receivedAt: observation.at };
    const hours = about.type === 'meter' ? countOn(counted, event, about.meter) : undefined;
    counted = hours?.state ?? counted;
    const step = kind.step(state, event, about, params, hours ? { ...around, hours } : around);
    state = step.state;
    return step.findings;
  });
}

export function* meterStory(
  { meters }: TestTown,
  id: string,
  from: number,
  days: number,
): Generator<Observation> {
  for (let at = from; at < from + days * dayMs; at += 900_000)
    yield {
      type: 'sample',
      device: id,
      at,
      timeSource: 'device',
      values: meters.readShort(id, at),
    };
}

export function* vehicleStory(
  { fleet }: TestTown,
  id: string,
  from: number,
  to: number,
  everyMs = 5000,
): Generator<Observation> {
  for (let at = from; at < to; at += everyMs) {
    const { lat, lon, fixed, satellites, acc } = fleet.positionAt(id, at);
    yield {
      type: 'fix',
      device: id,
      at,
      timeSource: 'device',
      lat,
      lon,
      fixed,
      satellites,
      acc,
    };
  }
}
