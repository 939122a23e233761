import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Register } from '../model/entities.ts';
import { AppError, type Fault } from '../model/errors.ts';
import { type Metric, metricNames } from '../model/metrics.ts';
import { registerTypes, shortTypeName } from '../model/register-types.ts';
import { wordsOf } from './modbus/registers.ts';

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const address = z.int().min(0).max(0xffff);
const fc = z.union([z.literal(3), z.literal(4)]);

const registerSchema = z.strictObject({
  metric: z.enum(metricNames as [Metric, ...Metric[]]),
  address,
  fc,
  type: z.preprocess(shortTypeName, z.enum(registerTypes)),
  order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).default('ABCD'),
  scale: z
    .number()
    .refine((scale) => scale !== 0, 'got 0, want a factor')
    .default(1),
  side: z.enum(['primary', 'secondary']).default('primary'),
});

const profileSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    title: text,
    /** Where the map comes from. */
    source: z.string().min(1),
    notes: text.optional(),
    maxRegisters: z.int().min(4).max(125).default(80),
    readable: z.array(z.strictObject({ fc, from: address, to: address })).default([]),
    registers: z.array(registerSchema).min(1),
  })
  .superRefine(({ registers }, context) => {
    for (const [i, message] of clashes(registers)) {
      context.addIssue({ code: 'custom', path: ['registers', i], message });
    }
  });

/** One device model: what stands where in its registers. A file of `protocols/profiles`. */
export type Profile = z.infer<typeof profileSchema>;

export type Profiles = ReadonlyMap<string, Profile>;

const endOf = ({ address: start, type }: Register): number => start + wordsOf[type];

function* clashes(registers: readonly Register[]): Generator<readonly [number, string]> {
  for (const [i, register] of registers.entries()) {
    if (endOf(register) > 0x1_0000) yield [i, 'runs past address 0xFFFF'];
    for (const other of registers.slice(0, i)) {
      if (other.metric === register.metric) yield [i, `${register.metric} stands here twice`];
      const apart = endOf(other) <= register.address || endOf(register) <= other.address;
      if (other.fc === register.fc && !apart) yield [i, `overlaps ${other.metric}`];
    }
  }
}

/**
 * One profile from its YAML text.
 * @throws AppError `INPUT_INVALID` with every fault
 */
export function parseProfile(yaml: string): Profile {
  const document = parseDocument(yaml);
  const broken = document.errors.map((error): Fault => ({ path: '', message: error.message }));
  if (broken.length > 0) throw new AppError('INPUT_INVALID', 'not YAML', { faults: broken });
  const parsed = profileSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }): Fault => ({ path: path.join('.'), message }),
  );
  const list = faults.map((fault) => `${fault.path}: ${fault.message}`).join('; ');
  throw new AppError('INPUT_INVALID', list, { faults });
}

/**
 * Every profile by its name, which is that of its file.
 * @param dir folder of `*.yaml`; by default the one beside this file
 * @throws AppError `INPUT_INVALID` for the first file that is wrong
 */
export function loadProfiles(dir = join(import.meta.dirname, 'profiles')): Profiles {
  const profiles = new Map<string, Profile>();
  for (const file of readdirSync(dir).sort()) {
    if (!file.endsWith('.yaml')) continue;
    const profile = readProfile(join(dir, file));
    if (`${profile.name}.yaml` !== file) {
      throw new AppError(
        'INPUT_INVALID',
        `${file}: got name ${profile.name}, want that of the file`,
      );
    }
    profiles.set(profile.name, profile);
  }
  return profiles;
}

function readProfile(path: string): Profile {
  try {
    return parseProfile(readFileSync(path, 'utf8'));
  } catch (cause) {
    const faults = cause instanceof AppError ? cause.faults : [];
    throw new AppError(
      'INPUT_INVALID',
      `${path}: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
        faults,
      },
    );
  }
}
