import { z } from 'zod';
import type { Entities } from '../model/entities.ts';
import { amounts, calibres, hasCalibre, metered, rates } from '../model/goals.ts';
import { id, text } from './fields.ts';
import type { Overlay } from './overlay.ts';
import type { Fields } from './references.ts';
import { type Complaint, shown } from './wording.ts';

/** Targets, caps and corrections as the inventory has them. */

const year = z.number().int().min(2000).max(2200);
export const month = z
  .string()
  .regex(/^2\d{3}-(0[1-9]|1[0-2])$/, { error: 'want a month as YYYY-MM, quoted' });
const source = z.string().min(1).max(500).exactOptional();
const calibre = z.enum(calibres);

const targets = z
  .strictObject({
    id,
    institution: id,
    indicator: z.enum([...amounts, ...rates]),
    year,
    baseYear: year,
    baseValue: z.number().positive().max(1e15).exactOptional(),
    changePct: z.number().min(-100).max(1000),
    calibre: calibre.default('calorific'),
    source,
  })
  .refine((target) => target.baseYear < target.year, {
    error: 'want a year before that of the target',
    path: ['baseYear'],
  }) satisfies z.ZodType<Entities['targets']>;

const caps = z
  .strictObject({
    id,
    institution: id,
    item: z.enum(amounts),
    year,
    cap: z.number().positive().max(1e15),
    calibre: calibre.exactOptional(),
    source,
  })
  .refine((cap) => hasCalibre(cap.item) === (cap.calibre !== undefined), {
    error: 'a cap of standard coal wants a calibre, calorific or equivalent; no other takes one',
    path: ['calibre'],
  }) satisfies z.ZodType<Entities['caps']>;

const corrections = z
  .strictObject({
    id,
    institution: id,
    /** Standard coal is not among it: it would be of one calibre. */
    item: z.enum(metered),
    from: month,
    to: month,
    amount: z
      .number()
      .min(-1e15)
      .max(1e15)
      .refine((value) => value !== 0, { error: 'want a number other than 0' }),
    reason: text,
    source,
  })
  .refine(({ from, to }) => from <= to, { error: 'want a month not before `from`', path: ['to'] });

export const goals = {
  targets,
  caps,
  corrections: corrections satisfies z.ZodType<Entities['corrections']>,
} as const;

/** By what two of a kind would contradict each other. */
const identities = {
  targets: ['institution', 'indicator', 'year', 'calibre'],
  caps: ['institution', 'item', 'year', 'calibre'],
} as const;

/** What may be left out. */
const defaults: Readonly<Record<keyof typeof identities, Fields>> = {
  targets: { calibre: 'calorific' },
  caps: {},
};

/** For one figure of a year an institution has one target and one cap. */
export function checkGoals(overlay: Overlay): readonly Complaint[] {
  return (['targets', 'caps'] as const).flatMap((kind) => {
    const named = overlay.entries.filter((entry) => entry.kind === kind);
    if (named.length === 0) return [];
    const keyOf = (fields: Fields) =>
      JSON.stringify(identities[kind].map((key) => fields[key] ?? defaults[kind][key]));
    const same = Map.groupBy(overlay.all(kind), keyOf);
    return named.flatMap(({ path, fields }): readonly Complaint[] => {
      const rival = same.get(keyOf(fields))?.find((other) => other['id'] !== fields['id']);
      if (!rival) return [];
      const message = `is that of ${shown(rival['id'])} too; want one for each figure of a year`;
      return [{ path: [...path, 'year'], message }];
    });
  });
}
