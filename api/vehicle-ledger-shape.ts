import { z } from 'zod';
import { expenseKinds } from '../model/expense.ts';
import {
  figureNames,
  fuelFindings,
  monthFindings,
  uncheckedWhys,
  whys,
} from '../model/vehicle-ledger.ts';
import { idShape, instantShape } from './words.ts';

/** The vehicle ledger: what vehicles did, used and cost in a month. */

/** Any of the names of a table of words. */
const nameIn = <T extends string>(words: Readonly<Record<T, unknown>>) =>
  z.enum(Object.keys(words) as T[]);

const figureName = z.enum(figureNames);
const why = nameIn(whys);
const monthShape = z.string().meta({ description: 'YYYY-MM' });

const months = {
  month: monthShape,
  from: instantShape,
  to: instantShape.meta({ description: 'Exclusive; now while the month is under way' }),
  complete: z.boolean().meta({ description: 'False while the month is under way' }),
};

const vehicleMonth = {
  vehicle: idShape,
  plate: z.string(),
  institution: idShape.meta({ description: 'At the end of the month' }),
  class: z.string(),
  fuel: z.string(),
  model: z.string().nullable(),
  tankL: z.number().nullable(),
  figures: z.record(figureName, z.number().nullable()).meta({
    description:
      'Null is unknown, and `unknown` says why. Litres by tank are what its level fell by, refuelling aside; `km` is the odometer, else the track.',
  }),
  unknown: z.partialRecord(figureName, why),
  findings: z.array(nameIn(monthFindings)).readonly(),
};

const unchecked = nameIn(uncheckedWhys).nullable();

const checkShape = z.object({
  findings: z.array(nameIn(fuelFindings)).readonly(),
  unchecked: z
    .object({ tank: unchecked, place: unchecked, level: unchecked })
    .meta({ description: 'Why something could not be compared; null where it was' }),
  distanceKm: z
    .number()
    .nullable()
    .meta({ description: 'How near it came to the station at that time' }),
  roseL: z.number().nullable().meta({ description: 'By how much its tank rose at that time' }),
});

export const vehicleLedgerShape = z
  .object({
    ...months,
    ...vehicleMonth,
    refuellings: z
      .array(z.object({ from: instantShape, to: instantShape, litres: z.number() }))
      .readonly()
      .meta({ description: 'As the level of its tank rose' }),
    expenses: z
      .array(
        z.object({
          id: z.string(),
          at: instantShape,
          dayOnly: z.boolean().meta({ description: 'Of `at` only the day is known' }),
          kind: z.enum(expenseKinds),
          yuan: z.number(),
          litres: z.number().nullable(),
          kwh: z.number().nullable(),
          station: z.string().nullable(),
          product: z.string().nullable(),
          card: z.string().nullable().meta({ description: 'Masked' }),
          check: checkShape.nullable().meta({ description: 'Of fuel' }),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'VehicleLedger' });
export type VehicleLedgerView = z.infer<typeof vehicleLedgerShape>;

const sums = z.record(
  figureName,
  z.object({
    sum: z.number().nullable().meta({ description: 'Over the vehicles of which it is known' }),
    average: z.number().nullable().meta({
      description: 'Per vehicle of which it is known; of a ratio, that of the sums',
    }),
    known: z.int().meta({ description: 'Of how many vehicles it is known' }),
  }),
);
const groupShape = z.object({ vehicles: z.int(), figures: sums });

export const fleetLedgerShape = z
  .object({
    institution: idShape,
    ...months,
    vehicles: z
      .array(
        z.object({
          ...vehicleMonth,
          fuelFindings: z
            .int()
            .meta({ description: 'Entries for fuel of which something is told' }),
        }),
      )
      .readonly(),
    classes: z.array(groupShape.extend({ class: z.string() })).readonly(),
    total: groupShape,
  })
  .meta({ id: 'FleetLedger' });
export type FleetLedgerView = z.infer<typeof fleetLedgerShape>;
