import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { type core, z } from 'zod';
import type { Register } from '../model/entities.ts';
import { AppError, type Fault } from '../model/errors.ts';
import { registerShape } from '../model/register-shape.ts';
import { spansOf } from './modbus/values.ts';
import type { ReadBlock } from './protocol.ts';

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const address = z.int().min(0).max(0xffff);

const profileShape = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'want small letters, digits and single dashes' }),
  title: text,
  /** Where the map comes from. */
  source: z.string().min(1),
  notes: text.optional(),
  maxRegisters: z.int().min(4).max(125).default(80),
  /** Voltage of a phase to neutral the meter is made for, which a first reading is held against; null where there is none, as on direct current. */
  nominalV: z.number().positive().nullable().default(220),
  readable: z
    .array(
      z
        .strictObject({ fc: z.literal([3, 4]), from: address, to: address })
        .refine(({ from, to }) => from <= to, {
          error: 'want from to be no higher than to',
          path: ['to'],
        }),
    )
    .default([]),
  registers: z.array(registerShape).min(1),
});

/** One device model: what stands where in its registers. A file of `protocols/profiles`. */
export type Profile = Omit<z.infer<typeof profileShape>, 'registers'> & {
  readonly registers: readonly Register[];
};

export type Profiles = ReadonlyMap<string, Profile>;

const endOf = ({ address: start, count }: ReadBlock): number => start + count;

const areApart = (a: ReadBlock, b: ReadBlock): boolean =>
  a.fc !== b.fc || endOf(a) <= b.address || endOf(b) <= a.address;

/** Whether both are bits of the same register. */
const isSharedOf = (a: Register, b: Register): boolean =>
  a.bits !== undefined && b.bits !== undefined && a.address === b.address && a.type === b.type;

function clashesOf(register: Register, others: readonly Register[]): readonly string[] {
  const [own, ...scales] = spansOf(register);
  const pastEnd = [own, ...scales].some((span) => span && endOf(span) > 0x1_0000);
  return [
    ...(pastEnd ? ['runs past address 0xFFFF'] : []),
    ...others.flatMap((other) => {
      const [taken] = spansOf(other);
      const isTwice = other.metric === register.metric;
      const isOver = own && taken && !areApart(own, taken) && !isSharedOf(register, other);
      return [
        ...(isTwice ? [`${register.metric} stands here twice`] : []),
        ...(isOver ? [`overlaps ${other.metric}`] : []),
      ];
    }),
  ];
}

/** What is wrong between registers, told of those that are right in themselves. */
function clashes(registers: unknown): readonly core.$ZodIssue[] {
  const sound: Register[] = [];
  return (Array.isArray(registers) ? registers : []).flatMap((input, i) => {
    const { data } = registerShape.safeParse(input);
    if (!data) return [];
    const messages = clashesOf(data, sound);
    sound.push(data);
    return messages.map((message) => ({
      code: 'custom' as const,
      path: ['registers', i],
      message,
      input,
    }));
  });
}

/** A profile with its defaults, or everything that is wrong with it. */
export type CheckedProfile =
  | { readonly profile: Profile }
  | { readonly issues: readonly core.$ZodIssue[] };

/** @param value what a profile's text says */
export function checkProfile(value: unknown): CheckedProfile {
  const parsed = profileShape.safeParse(value);
  const registers = (value as { readonly registers?: unknown } | null)?.registers;
  const issues = [...(parsed.error?.issues ?? []), ...clashes(registers)];
  return parsed.success && issues.length === 0 ? { profile: parsed.data } : { issues };
}

/**
 * One profile from its YAML text.
 * @throws AppError `INPUT_INVALID` with every fault
 */
export function parseProfile(yaml: string): Profile {
  const document = parseDocument(yaml);
  const broken = document.errors.map((error): Fault => ({ path: '', message: error.message }));
  if (broken.length > 0) throw new AppError('INPUT_INVALID', 'not YAML', { faults: broken });
  const checked = checkProfile(document.toJS());
  if ('profile' in checked) return checked.profile;
  const faults = checked.issues.map(
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
