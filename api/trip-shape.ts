import { z } from 'zod';
import { tripVerdicts } from '../model/trip.ts';
import { idShape, instantShape } from './words.ts';

/** Trips of vehicles, and how they compare with what was ordered. */

const places = z
  .array(idShape)
  .readonly()
  .meta({ description: 'Places it was in there, of its institution and those above and below' });
const pointShape = z.object({ lat: z.number(), lon: z.number(), places });
const seconds = z.int();
const kilometres = z.number();

export const tripShape = z
  .object({
    id: z.string().meta({ description: 'Stays when late fixes amend the trip' }),
    vehicle: idShape,
    institution: idShape,
    state: z.enum(['under-way', 'over']),
    startedAt: instantShape,
    endedAt: instantShape.nullable().meta({ description: 'Null while it is under way' }),
    endedBy: z.enum(['ignition-off', 'standing', 'silence']).nullable(),
    start: pointShape,
    end: pointShape.meta({ description: 'Where it is by now while it is under way' }),
    distanceKm: kilometres.meta({
      description: 'By the track, straight across stretches without fixes',
    }),
    gapKm: kilometres.meta({
      description: 'Of that, across stretches of more than five minutes without a fix',
    }),
    odometerKm: kilometres.nullable().meta({ description: 'By the vehicle’s own odometer' }),
    unseenKm: kilometres.meta({
      description: 'Between where it was last seen and the start; no part of the distance',
    }),
    movingS: seconds,
    idlingS: seconds.nullable().meta({ description: 'Standing with the ignition on' }),
    maxSpeedKmh: z.number().nullable().meta({ description: 'By its own word' }),
    stops: z
      .array(
        pointShape.extend({
          from: instantShape,
          to: instantShape,
          idlingS: seconds.nullable(),
        }),
      )
      .readonly()
      .meta({ description: 'Of three minutes and longer; of more than eight the longest' }),
    stopCount: z.int(),
    visited: z.array(idShape).readonly(),
    way: z
      .array(z.tuple([z.number(), z.number()]))
      .readonly()
      .meta({ description: 'Latitude and longitude of a few points: coarse; the track has all' }),
    dispatch: idShape.nullable().meta({ description: 'The order it was driven under' }),
    verdicts: z
      .array(z.enum(tripVerdicts))
      .readonly()
      .meta({ description: 'What comparing it with the orders of its vehicle says' }),
    approvedKm: kilometres.nullable(),
    revision: z.int().meta({ description: 'Grows when late fixes amend it' }),
    revisedAt: instantShape.meta({ description: 'Our clock' }),
  })
  .meta({ id: 'Trip' });
export const tripsShape = z.object({
  items: z.array(tripShape).readonly(),
  next: z.string().nullable().meta({ description: 'Cursor of the next page; null at the end' }),
});
export type TripView = z.infer<typeof tripShape>;
