import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { AppError, type Fault, messageOf } from '../model/errors.ts';
import { type Metric, metricNames, metrics } from '../model/metrics.ts';
import { factorOf, unitsFor } from './mqtt-mapping/units.ts';

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, {
  error: 'want a JSON pointer such as /data/time, or nothing for the whole',
});

const topicLevelsMost = 16;

/** A level is a word in ASCII, `+` for any one word, or `{id}` for what the sender is called. */
const isLevel = (level: string): boolean =>
  level === '+' || level === '{id}' || /^[!-~]*$/.test(level.replace(/[+#{}]/, ' '));

const topic = z
  .string()
  .min(1)
  .max(512)
  .refine((name) => name.split('/').every(isLevel), {
    error: 'want a topic such as dtu/{id}/up, with + and {id} as whole levels and no #',
  })
  .refine((name) => name.split('/').length <= topicLevelsMost, {
    error: `want at most ${topicLevelsMost} levels`,
  })
  .refine((name) => !/^(?:\$|v1(?:\/|$)|[+{])/.test(name), {
    error: 'want a topic that does not begin with $, v1/ or what stands for any word',
  });

const of = z.enum(['reading', 'message']).default('reading');
const asPlace = (value: unknown) => (typeof value === 'string' ? { at: value } : value);
const asList = (value: unknown) => (Array.isArray(value) ? value : [value]);

const meter = z.preprocess(
  asPlace,
  z
    .strictObject({
      at: pointer.exactOptional(),
      of,
      /** The name of the item that says it, where values come as a list of items. */
      item: z.string().min(1).exactOptional(),
    })
    .refine(({ at, item }) => (at === undefined) !== (item === undefined), {
      error: 'want either at or item',
    }),
);

const time = z.preprocess(
  asPlace,
  z.strictObject({
    at: pointer,
    of,
    /**
     * - `auto`: ISO 8601, Unix seconds or ms, or local time as a text
     * - `local`: yyyyMMddHHmmss, yyyyMMddHHmmssSSS or yyyy-MM-dd HH:mm:ss in the zone of the meter
     */
    format: z.enum(['auto', 'seconds', 'milliseconds', 'iso', 'local']).default('auto'),
  }),
);

const skip = z.strictObject({
  at: pointer,
  is: z
    .array(z.union([z.string(), z.number(), z.boolean()], { error: 'want a text or a number' }))
    .min(1)
    .exactOptional(),
});

const values = z
  .strictObject({
    /** An object of names and values. */
    fields: pointer.exactOptional(),
    /** Items that each have a name and a value. */
    list: pointer.exactOptional(),
    name: pointer.exactOptional(),
    value: pointer.exactOptional(),
    /** Where an item says that its value could not be had. */
    error: pointer.exactOptional(),
  })
  .superRefine(({ fields, list, name, value, error }, context) => {
    const tell = (message: string) => context.addIssue({ code: 'custom', message });
    if ((fields === undefined) === (list === undefined)) tell('want either fields or list');
    else if (list !== undefined && (name === undefined || value === undefined))
      tell('want name and value beside list');
    else if (fields !== undefined && (name !== undefined || error !== undefined))
      tell('name and error are for a list');
  });

const quantity = z.preprocess(
  (given) => (typeof given === 'string' ? { metric: given } : given),
  z
    .strictObject({
      metric: z.enum(metricNames as [Metric, ...Metric[]], {
        error: 'want a metric of the catalogue',
      }),
      /** What the device counts in; by default the unit of the metric. */
      unit: z.string().min(1).exactOptional(),
      /** Raw × scale is in the device's unit. */
      scale: z
        .number()
        .refine((scale) => scale !== 0, { error: 'got 0, want a factor' })
        .default(1),
      /** Raw numbers that mean "none", beyond those every device uses. */
      missing: z.array(z.number()).default([]),
    })
    .superRefine(({ metric, unit }, context) => {
      const wanted = metrics[metric]?.unit;
      if (unit === undefined || wanted === undefined || factorOf(unit, wanted)) return;
      const message = `got ${unit}, want ${unitsFor(wanted).join(' | ')} for ${metric}`;
      context.addIssue({ code: 'custom', path: ['unit'], message });
    }),
);

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const mappingSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'want a name such as acrel-adw300' }),
  title: text,
  /** Where the format is described. */
  source: z.string().min(1),
  notes: text.exactOptional(),
  topics: z.array(topic).min(1).max(32),
  /** Messages that are no readings, such as of a login: where a place says one of these, or anything at all. */
  skip: z.array(skip).default([]),
  /** Where readings are, each with one time; of several the first that leads anywhere. */
  readings: z.preprocess(asList, z.array(pointer).min(1)).default(['']),
  meter: meter.exactOptional(),
  /** Of several the first that is there; none, or none there: the time of receipt. */
  time: z.preprocess(asList, z.array(time).min(1)).default([]),
  /** Zone of local times of meters that name none. */
  timeZone: z.string().refine(isZone, { error: 'want an IANA time zone' }).exactOptional(),
  /** Every one that fits is read. */
  values: z.preprocess(asList, z.array(values).min(1)).default([{ fields: '' }]),
  /** Names that are no quantities. */
  ignore: z.array(z.string().min(1)).default([]),
  /** What becomes of names that stand nowhere here, beside names that do. */
  others: z.enum(['quarantine', 'ignore']).default('quarantine'),
  /** By name, or by JSON pointer from the reading. Names of the catalogue need not stand here. */
  metrics: z.record(z.string().min(1), quantity).default({}),
});

/** A family of MQTT payloads: where in them device, time and values are. A file of `protocols/mappings`. */
export type Mapping = z.infer<typeof mappingSchema>;

export type Mappings = ReadonlyMap<string, Mapping>;

/** The line of the innermost thing on the way that is there. */
function lineOf(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/**
 * One mapping from its YAML text.
 * @throws AppError `INPUT_INVALID` with every fault, its path and its line
 */
export function parseMapping(yaml: string): Mapping {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map(
    ({ message, pos }): Fault => ({ path: '', message, line: lines.linePos(pos[0]).line }),
  );
  if (broken.length > 0) throw invalid('not YAML', broken);
  const parsed = mappingSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue): readonly Fault[] => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    return keys.map((key) => {
      const path = key === undefined ? issue.path : [...issue.path, key];
      const message = key === undefined ? issue.message : 'not a known field';
      return { path: path.join('.'), message, line: lineOf(document, lines, path) };
    });
  });
  throw invalid('it has faults', faults);
}

function invalid(what: string, faults: readonly Fault[]): AppError {
  const list = faults.map(({ path, line, message }) => `${path} (line ${line}): ${message}`);
  return new AppError('INPUT_INVALID', `${what}: ${list.join('; ')}`, { faults });
}

/**
 * Every mapping by its name, which is that of its file.
 * @param dir folder of `*.yaml`; by default the one beside this file
 * @throws AppError `INPUT_INVALID` for the first file that is wrong
 */
export function loadMappings(dir = join(import.meta.dirname, 'mappings')): Mappings {
  const mappings = new Map<string, Mapping>();
  for (const file of readdirSync(dir).sort()) {
    if (!file.endsWith('.yaml')) continue;
    const mapping = readMapping(join(dir, file));
    if (`${mapping.name}.yaml` !== file) {
      throw new AppError(
        'INPUT_INVALID',
        `${file}: got name ${mapping.name}, want that of the file`,
      );
    }
    mappings.set(mapping.name, mapping);
  }
  return mappings;
}

function readMapping(path: string): Mapping {
  try {
    return parseMapping(readFileSync(path, 'utf8'));
  } catch (cause) {
    const faults = cause instanceof AppError ? cause.faults : [];
    throw new AppError('INPUT_INVALID', `${path}: ${messageOf(cause)}`, { cause, faults });
  }
}
