import { z } from 'zod';
import {
  allYear,
  minuteOfDay,
  overlaps,
  pricedMedia,
  type Tariff,
  type TariffFault,
  tariffBands,
  tariffFaults,
} from '../model/tariff.ts';
import { date, id, text } from './fields.ts';
import type { Overlay } from './overlay.ts';
import { type Fields, isFields } from './references.ts';
import { type Complaint, shown } from './wording.ts';

/** Tariffs as the inventory has them. */

const time = z.string().refine((value) => minuteOfDay(value) !== undefined, {
  error: 'want a time of day as HH:MM, quoted',
});
const price = z.number().min(0).max(1000).exactOptional();
const prices = z.strictObject({
  sharp: price,
  peak: price,
  flat: price,
  valley: price,
  'deep-valley': price,
});

const season = z.strictObject({
  months: z.array(z.number().int().min(1).max(12)).min(1),
  periods: z
    .array(z.strictObject({ from: time, to: time, band: z.enum(tariffBands) }))
    .min(1)
    .max(96),
  prices: prices.exactOptional(),
});

const isElectric = ({ medium = 'electricity' }: { readonly medium?: unknown }): boolean =>
  medium === 'electricity';

/** Only electricity has bands. */
function flatFaults(tariff: Fields): readonly TariffFault[] {
  if (isElectric(tariff))
    return tariff['seasons'] === undefined ? [{ path: ['seasons'], message: 'missing' }] : [];
  const named = isFields(tariff['prices']) ? Object.keys(tariff['prices']) : [];
  const banded = named.filter((band) => band !== 'flat');
  const message = `got ${banded.join(' and ')}, want flat alone; only electricity has bands`;
  return banded.length > 0 ? [{ path: ['prices'], message }] : [];
}

export const tariffs = z
  .strictObject({
    id,
    institution: id,
    name: text.exactOptional(),
    medium: z.enum(pricedMedia).exactOptional(),
    validFrom: date,
    validTo: date.exactOptional(),
    source: z.string().min(1).max(500),
    prices,
    seasons: z.array(season).min(1).max(12).exactOptional(),
  })
  .superRefine((tariff, context) => {
    for (const { path, message } of flatFaults(tariff))
      context.addIssue({ code: 'custom', path: [...path], message });
  })
  .transform((tariff) => ({ ...tariff, seasons: tariff.seasons ?? allYear }))
  .superRefine((tariff, context) => {
    for (const { path, message } of tariffFaults(tariff))
      context.addIssue({ code: 'custom', path: [...path], message });
  }) satisfies z.ZodType<Tariff>;

interface Dated {
  readonly id: unknown;
  readonly validFrom: string;
  readonly validTo?: string;
}

function datedOf({ id: named, validFrom, validTo }: Fields): Dated | undefined {
  if (typeof validFrom !== 'string') return undefined;
  return { id: named, validFrom, ...(typeof validTo === 'string' ? { validTo } : {}) };
}

/** On no day may an institution have two tariffs of a medium. */
export function checkTariffs(overlay: Overlay): readonly Complaint[] {
  const named = overlay.entries.filter(({ kind }) => kind === 'tariffs');
  if (named.length === 0) return [];
  const placeOf = ({ institution, medium = 'electricity' }: Fields) =>
    `${String(institution)} ${String(medium)}`;
  const byPlace = Map.groupBy(overlay.all('tariffs'), placeOf);
  return named.flatMap(({ path, fields }): readonly Complaint[] => {
    const own = datedOf(fields);
    const rivals = byPlace.get(placeOf(fields)) ?? [];
    const rival = rivals
      .filter((other) => other !== fields && other['id'] !== fields['id'])
      .map(datedOf)
      .find((other) => own && other && overlaps(own, other));
    if (!rival) return [];
    const message = `is in force on days of tariff ${shown(rival.id)} too; want days of its own`;
    return [{ path: [...path, 'validFrom'], message }];
  });
}
